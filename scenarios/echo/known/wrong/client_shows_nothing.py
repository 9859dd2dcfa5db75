# Mistake: sends every line, but does not show the answer.
import socket

s = socket.socket()
s.connect(('127.0.0.1', 50007))
while True:
    line = input('>>>:')
    if not line:
        continue
    s.sendall(line.encode())
    data = s.recv(1024)
    if not data:
        break
