# 错误：空行结束时没有打印“connect close..”
import socket

while True:
    text = input(">>")
    if not text:
        break
    s = socket.create_connection(("127.0.0.1", 2333))
    s.sendall(text.encode("gb2312"))
    reply = s.makefile("rb").read()
    print("客户端收到服务器回复的消息:" + reply.decode("gb2312", "replace"))
    s.close()
