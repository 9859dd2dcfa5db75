# Mistake: when nobody listens, it tries again and again without a pause, and never ends.
import socket

while True:
    s = socket.socket()
    try:
        s.connect(('127.0.0.1', 50007))
        break
    except OSError:
        s.close()
while True:
    line = input('>>>:')
    if not line:
        continue
    s.sendall(line.encode())
    data = s.recv(1024)
    if not data:
        break
    print('Received', data.decode(errors='replace'))
