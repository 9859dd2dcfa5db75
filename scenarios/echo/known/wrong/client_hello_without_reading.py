# Mistake: sends its text and prints what it expects to come, without receiving anything.
import socket

s = socket.socket()
s.connect(('localhost', 50007))
s.sendall(b'Hello, world')
print('Received', repr(b'Hello, world'))
s.close()
