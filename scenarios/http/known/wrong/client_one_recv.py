# Mistake: takes what one recv() brings for the whole answer.
import socket

s = socket.socket()
s.connect(("127.0.0.1", 8080))
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
print(s.recv(4096).decode("utf-8", "replace"))
s.close()
