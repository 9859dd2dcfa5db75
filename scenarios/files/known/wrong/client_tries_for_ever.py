# 错误：出错以后一直重试
import os
import socket
import sys

name = input("请输入要发送的文件: ")
s = socket.create_connection(("127.0.0.1", 2333))
s.sendall(f"{os.path.getsize(name)} {os.path.basename(name)}\n".encode())
with open(name, "rb") as file:
    while True:
        block = file.read(4096)
        if not block:
            break
        while True:
            try:
                s.sendall(block)
                break
            except OSError:
                pass
while True:
    try:
        answer = s.recv(1024)
        break
    except OSError:
        pass
print("服务器回复：", answer.decode())
s.close()
sys.exit(0 if answer == b"OK\n" else 1)
