# Mistake: answers OK to everything instead of sending the text back.
import socket
import threading


def serve(conn):
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            print(data)
            conn.sendall(b'OK')
    except OSError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 8888))
s.listen(5)
while True:
    c, a = s.accept()
    threading.Thread(target=serve, args=(c,)).start()
