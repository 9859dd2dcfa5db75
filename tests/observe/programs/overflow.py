"""Lets nobody in until its user has said something; then three, and tells it to each of them."""
import socket

server = socket.create_server(("", 9999), backlog=1)
while True:
    word = input()
    kept = []
    for _ in range(3):
        connection, _ = server.accept()
        connection.sendall(word.encode() + b"\n")
        kept.append(connection)
