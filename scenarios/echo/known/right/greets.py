import socket
import threading


def serve(conn, addr):
    with conn:
        conn.sendall(('Hi %s, thanks for connecting!\n' % addr[0]).encode())
        while True:
            try:
                data = conn.recv(1024)
            except ConnectionResetError:
                return
            if not data:
                return
            conn.sendall(data)


server = socket.create_server(('', 50007))
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn, addr)).start()
