"""Serves one client: every line comes back; ends when the client closes."""
import socket
import sys

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
print("listening on", listener.getsockname()[1])
connection, _ = listener.accept()
while data := connection.recv(1024):
    connection.sendall(data)
