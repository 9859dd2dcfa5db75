# Mistake: sends every text back twice.
import socket
import threading


def send_message(conn, data):
    conn.sendall(data)


def serve(conn):
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            send_message(conn, data)
            conn.sendall(data)
    except OSError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 5000))
s.listen(5)
while True:
    c, a = s.accept()
    threading.Thread(target=serve, args=(c,)).start()
