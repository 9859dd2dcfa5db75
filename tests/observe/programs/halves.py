"""Answers in two small writes: the second waits until the first is acknowledged (Nagle's algorithm, RFC 896)."""
import socket
import sys

server = socket.create_server(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    half = len(data) // 2
    connection.send(data[:half])
    connection.send(data[half:])
