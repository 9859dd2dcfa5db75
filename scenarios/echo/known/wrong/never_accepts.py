# Mistake: listens, but waits for the keyboard before it accepts: clients connect and are never served.
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 50007))
s.listen(5)
while input('输入 y 接受连接：') == 'y':
    conn, addr = s.accept()
    data = conn.recv(1024)
    while data:
        conn.sendall(data)
        data = conn.recv(1024)
    conn.close()
