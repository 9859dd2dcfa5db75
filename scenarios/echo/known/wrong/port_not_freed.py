# Mistake: no SO_REUSEADDR; after a stop with a client connected, the next start fails with "Address already in use".
import socket
import threading


def serve(conn, addr):
    with conn:
        try:
            while True:
                data = conn.recv(1024)
                if not data:
                    break
                conn.sendall(data)
        except ConnectionResetError:
            print(addr, 'reset')


server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind(('', 50007))
server_socket.listen(5)
print('The server is ready')
while True:
    connection, address = server_socket.accept()
    threading.Thread(target=serve, args=(connection, address)).start()
