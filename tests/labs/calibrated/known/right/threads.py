import socket
import threading

s = socket.create_server(("", 10001))


def serve(conn):
    with conn:
        while data := conn.recv(1024):
            conn.sendall(data)


while True:
    conn, _ = s.accept()
    threading.Thread(target=serve, args=(conn,)).start()
