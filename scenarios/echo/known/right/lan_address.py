import socket
import threading

HOST = '192.168.1.5'


def serve(conn):
    with conn:
        while True:
            try:
                data = conn.recv(1024)
            except ConnectionResetError:
                return
            if not data:
                return
            conn.sendall(data)


server = socket.create_server((HOST, 50007))
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn,)).start()
