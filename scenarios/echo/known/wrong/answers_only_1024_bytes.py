# Mistake: whatever was received, at most the first 1024 bytes of it are sent back.
import socket
import threading

BUFSIZE = 1024


def serve(conn):
    with conn:
        try:
            while True:
                data = conn.recv(8 * BUFSIZE)
                if not data:
                    break
                conn.send(data[:BUFSIZE])
        except ConnectionError:
            pass


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 8000))
s.listen(5)
while True:
    c, a = s.accept()
    threading.Thread(target=serve, args=(c,)).start()
