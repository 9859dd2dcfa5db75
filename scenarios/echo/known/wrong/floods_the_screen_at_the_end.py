# Mistake: one client after another, but the empty recv() is not taken for the end: prints it for ever and never accepts again.
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 3214))
s.listen(5)
while True:
    conn, addr = s.accept()
    print('Client Address:', addr)
    while True:
        data = conn.recv(1024)
        print('Recieve Data:', data)
        conn.send(data)
