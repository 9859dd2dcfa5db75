# 错误：没有文件头，发完也不关闭
import socket

name = input("请输入文件名：")
s = socket.create_connection(("127.0.0.1", 2333))
with open(name, "rb") as file:
    s.sendall(file.read())
print("发送完毕，等待服务器……")
s.recv(1024)
