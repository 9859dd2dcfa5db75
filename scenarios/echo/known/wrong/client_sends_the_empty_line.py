# Mistake: sends the empty line too, which is nothing, and waits for ever for an answer to it.
import socket

s = socket.socket()
s.connect(('localhost', 50007))
while True:
    msg = input('>>>:').strip()
    s.sendall(msg.encode())
    data = s.recv(1024)
    if not data:
        break
    print('Received', data.decode(errors='replace'))
