"""Has each message handled by a child process, and waits for it."""
import os
import socket

server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    child = os.fork()
    if child == 0:
        connection.sendall(data)
        os._exit(0)
    os.waitpid(child, 0)
