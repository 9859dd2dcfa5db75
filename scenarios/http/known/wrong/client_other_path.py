# Mistake: asks for another page than it was told.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET index.html HTTP/1.0\r\n\r\n")
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer.decode())
