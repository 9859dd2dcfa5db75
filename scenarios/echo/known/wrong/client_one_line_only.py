# Mistake: sends one line, shows the answer and ends.
import socket

s = socket.socket()
s.connect(('127.0.0.1', 50007))
line = ''
while not line:
    line = input('>>>:')
s.sendall(line.encode())
print('Received', s.recv(1024).decode(errors='replace'))
s.close()
