# 错误：没有解码，屏幕上是字节
import socket

while True:
    text = input(">>")
    if not text:
        print("connect close..")
        break
    s = socket.create_connection(("127.0.0.1", 2333))
    s.sendall(text.encode("gb2312"))
    reply = s.makefile("rb").read()
    print("客户端收到服务器回复的消息:", reply)
    s.close()
