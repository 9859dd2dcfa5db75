"""Answers with more than fits into the buffers on the way."""
import socket

server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    connection.sendall(data * 300000)
