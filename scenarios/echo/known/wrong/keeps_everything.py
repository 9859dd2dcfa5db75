# Mistake: answers with everything that the client has ever sent.
import socket
import threading


def talk(conn):
    data = b""
    while True:
        block = conn.recv(1024)
        if not block:
            break
        data += block
        conn.sendall(data)
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 50007))
s.listen(5)
while True:
    conn, addr = s.accept()
    threading.Thread(target=talk, args=(conn,), daemon=True).start()
