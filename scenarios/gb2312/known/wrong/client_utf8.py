# 错误：发出的是UTF-8，服务器按GB2312解码就是乱码
import socket

while True:
    text = input(">>")
    if not text:
        print("connect close..")
        break
    s = socket.create_connection(("127.0.0.1", 2333))
    s.sendall(text.encode("utf-8"))
    reply = s.makefile("rb").read()
    print("客户端收到服务器回复的消息:" + reply.decode("gb2312", "replace"))
    s.close()
