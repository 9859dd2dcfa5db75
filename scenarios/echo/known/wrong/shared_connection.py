# Mistake: the threads use the global variable conn, which is always the connection of the client that came last.
import socket
import threading


def serve():
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            return
        if not data:
            return
        conn.sendall(data)


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('', 12000))
server.listen(5)
while True:
    conn, addr = server.accept()
    print('新的客户端', addr)
    threading.Thread(target=serve).start()
