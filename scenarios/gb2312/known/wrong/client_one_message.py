# 错误：只发一条消息，后面的都不发
import socket

while True:
    text = input(">>")
    if not text:
        print("connect close..")
        break
    s = socket.create_connection(("127.0.0.1", 2333))
    s.sendall(text.encode("gb2312"))
    reply = s.makefile("rb").read()
    print("客户端收到服务器回复的消息:" + reply.decode("gb2312", "replace"))
    while input(">>"):
        pass
    print("connect close..")
    break
    s.close()
