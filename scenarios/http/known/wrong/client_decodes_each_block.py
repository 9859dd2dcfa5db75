# Mistake: decodes each block by itself, and a block may end within a character.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
while True:
    block = s.recv(1024)
    if not block:
        break
    print(block.decode("utf-8"), end="", flush=True)
