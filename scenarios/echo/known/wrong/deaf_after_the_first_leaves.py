# Mistake: closes the listening socket instead of the connection when a client leaves; nobody can connect any more.
import socket
import threading


def serve(conn):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            data = b''
        if not data:
            s.shutdown(socket.SHUT_RDWR)
            s.close()
            break
        conn.sendall(data)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 9000))
s.listen(5)
while True:
    conn, addr = s.accept()
    threading.Thread(target=serve, args=(conn,)).start()
