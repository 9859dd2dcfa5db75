"""Asks its user and doesn't read."""
import socket

server = socket.create_server(("", 9999))
connection, _ = server.accept()
while True:
    input("you> ")
