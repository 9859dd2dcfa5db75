"""A process for each client; the parent waits for none of them."""
import os
import signal
import socket

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
server = socket.create_server(("", 9999))
while True:
    connection, _ = server.accept()
    if os.fork() == 0:
        server.close()
        while data := connection.recv(4096):
            connection.sendall(data)
        os._exit(0)
    connection.close()
