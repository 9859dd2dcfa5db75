# Mistake: sends the empty line too, which is nothing, and waits for ever for an answer to it.
import signal
import socket

signal.alarm(60)  # whatever happens, nothing is left after a minute

s = socket.socket()
s.connect(('localhost', 50007))
while True:
    msg = input('>>>:').strip()
    s.sendall(msg.encode())
    data = s.recv(1024)
    if not data:
        break
    print('Received', data.decode(errors='replace'))
