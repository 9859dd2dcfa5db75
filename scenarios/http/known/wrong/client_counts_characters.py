# Mistake: waits for as many characters as Content-Length has bytes.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
answer = b""
while b"\r\n\r\n" not in answer:
    answer += s.recv(1024)
head, body = answer.split(b"\r\n\r\n", 1)
length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
while len(body.decode("utf-8", "ignore")) < length:
    block = s.recv(1024)
    if not block:
        break
    body += block
print(head.decode())
print(body.decode("utf-8", "ignore"))
