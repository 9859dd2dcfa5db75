# 错误：空文件什么也不发
import os
import socket
import sys

name = input("请输入要发送的文件: ")
s = socket.create_connection(("127.0.0.1", 2333))
if os.path.getsize(name) == 0:
    s.recv(1024)
s.sendall(f"{os.path.getsize(name)} {os.path.basename(name)}\n".encode())
with open(name, "rb") as file:
    while True:
        block = file.read(4096)
        if not block:
            break
        s.sendall(block)
answer = s.recv(1024)
print("服务器回复：", answer.decode())
s.close()
sys.exit(0 if answer == b"OK\n" else 1)
