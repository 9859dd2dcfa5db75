# Mistake: does not start: IndentationError.
import socket

s = socket.socket()
s.bind(('', 50007))
s.listen(5)
while True:
conn, addr = s.accept()
    data = conn.recv(1024)
    conn.sendall(data)
