# Mistake: shows the lengths of the chunks as if they were part of the page.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
answer = b""
while not answer.endswith(b"0\r\n\r\n"):
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer.decode("utf-8", "replace"))
