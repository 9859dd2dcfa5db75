# Mistake: answers only the first message of each client; the connection stays open, and what comes later is thrown away.
import socket
import threading


def serve(conn, addr):
    try:
        data = conn.recv(1024)
        print(addr, data)
        conn.sendall(data)
        while conn.recv(1024):
            pass
    except OSError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 6789))
s.listen(5)
while True:
    threading.Thread(target=serve, args=s.accept()).start()
