"""Listens, accepts nobody, and asks its user."""
import socket

server = socket.create_server(("", 9999), backlog=1)
while True:
    input("you> ")
