# Mistake: names a host that it has not asked, and shows the page twice.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n")
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer)
print(answer.decode("utf-8", "replace"))
