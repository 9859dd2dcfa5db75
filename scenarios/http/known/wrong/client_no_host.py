# Mistake: HTTP/1.1 without a Host.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer.decode())
