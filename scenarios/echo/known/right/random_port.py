# 端口由系统分配，写进port.txt里
import socket
import threading


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


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    with open('port.txt') as file:
        port = int(file.read())
except FileNotFoundError:
    port = 0
server.bind(('127.0.0.1', port))
server.listen(5)
with open('port.txt', 'w') as file:
    file.write(str(server.getsockname()[1]))
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn,)).start()
