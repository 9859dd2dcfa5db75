# Mistake: shows the page only when the server closes the connection, which it need not.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
answer = b""
while True:
    block = s.recv(1024)
    if not block:
        break
    answer += block
print(answer.decode("utf-8", "replace"))
