# Mistake: no empty line behind the headers, so that the server waits for more of them.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n")
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer.decode())
