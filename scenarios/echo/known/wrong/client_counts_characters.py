# Mistake: sends as many bytes as the line has characters.
import socket

s = socket.socket()
s.connect(('127.0.0.1', 50007))
while True:
    line = input('>>>:')
    if not line:
        continue
    s.sendall(line.encode()[:len(line)])
    data = s.recv(1024)
    if not data:
        break
    print('Received', data.decode(errors='replace'))
