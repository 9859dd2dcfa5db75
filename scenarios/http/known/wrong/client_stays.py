# Mistake: does not end when it has its page.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer.decode("utf-8", "replace"))
while True:
    input()
