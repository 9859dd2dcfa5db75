"""Answers in two small writes: the second waits until the first is acknowledged (Nagle's algorithm, RFC 896)."""
import socket

server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    half = len(data) // 2
    connection.send(data[:half])
    connection.send(data[half:])
