# Mistake: a TCP server where UDP is asked for.
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 9000))
s.listen(5)
while True:
    conn, addr = s.accept()
    data = conn.recv(1024)
    conn.sendall(data.upper())
    conn.close()
