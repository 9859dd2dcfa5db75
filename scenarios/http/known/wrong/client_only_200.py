# Mistake: nothing is shown where the status is not 200.
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
if b" 200 " in answer.split(b"\r\n")[0]:
    print(answer.decode("utf-8", "replace"))
