"""Serves one message for each connection, and closes it with the answer."""
import socket

server = socket.create_server(("", 9999))
while True:
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(4096))
