# Mistake: shows what was typed instead of what the server answered.
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
    print('Received', line)
