# The connection of a client that has left is closed only when the variable takes the next one.
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 3214))
s.listen(0)
while True:
    conn, addr = s.accept()
    print('Client Address:', addr)
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            data = b''
        if len(data) == 0:
            break
        conn.sendall(data)
