"""Prints what it hears."""
import socket
import sys

server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
