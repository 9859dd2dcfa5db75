# Mistake: the lines of the request end in \n, not in \r\n.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.0\nHost: 127.0.0.1\n\n")
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer.decode())
