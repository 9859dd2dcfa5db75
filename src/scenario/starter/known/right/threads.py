import socket
import threading


def serve(connection):
    with connection:
        while data := connection.recv(2048):
            connection.sendall(data.decode().upper().encode())


server = socket.create_server(("", 9100))
while True:
    connection, _ = server.accept()
    threading.Thread(target=serve, args=(connection,)).start()
