"""Sleeps before it answers."""
import socket
import time

server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    time.sleep(0.003)
    connection.sendall(data)
