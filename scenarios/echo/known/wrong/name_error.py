# Mistake: a misspelt name ends the server at the first message.
import socket

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('', 3214))
server.listen(5)
while True:
    conn, addr = server.accept()
    while True:
        date = conn.recv(1024)
        if not date:
            break
        conn.sendall(data)
    conn.close()
