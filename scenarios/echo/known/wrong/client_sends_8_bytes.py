# Mistake: sends the first 8 bytes only (the size of a pointer), but shows the whole line on its screen.
import socket
import struct

s = socket.socket()
s.connect(('127.0.0.1', 50007))
while True:
    line = input('>>>:')
    if not line:
        continue
    s.sendall(line.encode()[:struct.calcsize('P')])
    data = s.recv(1024)
    if not data:
        break
    print('Received', line)
