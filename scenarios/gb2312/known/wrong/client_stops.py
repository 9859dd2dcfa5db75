# 错误：收到第一个回复以后就不再发送了
import socket

s = socket.create_connection(("127.0.0.1", 2333))
s.sendall(input(">>").encode("gb2312"))
print("客户端收到服务器回复的消息:", s.recv(4096).decode("gb2312", "replace"))
while input(">>"):
    pass
print("connect close..")
