# 用sendfile一次发完
import os
import socket

name = input("file: ")
with socket.create_connection(("127.0.0.1", 2333)) as s, open(name, "rb") as file:
    s.sendall(str(os.path.getsize(name)).encode() + b" " + name.encode() + b"\n")
    s.sendfile(file)
    print(s.recv(100).decode().strip())
