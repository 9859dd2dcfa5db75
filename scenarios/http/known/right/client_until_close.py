# HTTP/1.0: the server closes the connection behind its answer.
import socket

host = input("服务器地址：")
port = int(input("端口："))
path = input("路径：")
s = socket.create_connection((host, port))
s.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
s.close()
print(answer.decode("utf-8", "replace"))
