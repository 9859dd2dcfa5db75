# 错误：只发第一块
import os
import socket
import sys

name = input("请输入要发送的文件: ")
s = socket.create_connection(("127.0.0.1", 2333))
s.sendall(f"{os.path.getsize(name)} {os.path.basename(name)}\n".encode())
with open(name, "rb") as file:
    s.sendall(file.read(65536))
answer = s.recv(1024)
print("服务器回复：", answer.decode())
s.close()
sys.exit(0 if answer == b"OK\n" else 1)
