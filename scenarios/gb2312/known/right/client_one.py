# 客户端（C1）：始终用同一个连接
import socket

s = socket.create_connection(("127.0.0.1", 2333))
for text in iter(lambda: input(">>"), ""):
    s.sendall(text.encode("gb2312"))
    print("客户端收到服务器回复的消息:", s.recv(4096).decode("gb2312", "replace"))
print("connect close..")
