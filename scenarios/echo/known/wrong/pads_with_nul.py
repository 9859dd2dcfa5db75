# Mistake: sends its whole buffer of 256 bytes, filled up with NUL bytes.
import socket
import struct
import threading


def serve(conn):
    try:
        while True:
            data = conn.recv(256)
            if not data:
                break
            conn.sendall(struct.pack('256s', data))
    except OSError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 4000))
s.listen(5)
while True:
    c, a = s.accept()
    threading.Thread(target=serve, args=(c,)).start()
