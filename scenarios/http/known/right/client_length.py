# HTTP/1.1: the body has as many bytes as Content-Length says.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: lab\r\n\r\n")
answer = b""
while b"\r\n\r\n" not in answer:
    block = s.recv(4096)
    if not block:
        break
    answer += block
head, _, body = answer.partition(b"\r\n\r\n")
length = None
for line in head.decode("latin-1").split("\r\n")[1:]:
    name, _, value = line.partition(":")
    if name.strip().lower() == "content-length":
        length = int(value)
while length is None or len(body) < length:
    block = s.recv(4096)
    if not block:
        break
    body += block
s.close()
print("状态：", head.decode("latin-1").split("\r\n")[0])
print(body.decode("utf-8", "replace"))
