# 客户端（C1）：每条消息一个连接，空行结束
import socket

while True:
    text = input(">>")
    if not text:
        print("connect close..")
        break
    s = socket.create_connection(("127.0.0.1", 2333))
    s.sendall(text.encode("gb2312"))
    reply = b""
    while True:
        data = s.recv(1024)
        if not data:
            break
        reply += data
    print("客户端收到服务器回复的消息:" + reply.decode("gb2312"))
    s.close()
