"""Three processes in a row, and pipes between them."""
import os
import socket

server = socket.create_server(("", 9999))
connection, _ = server.accept()
first, second, third = os.pipe(), os.pipe(), os.pipe()
for source, target in [(first, second), (second, third)]:
    if os.fork() == 0:
        while True:
            os.write(target[1], os.read(source[0], 4096))
while data := connection.recv(4096):
    os.write(first[1], data)
    connection.sendall(os.read(third[0], 4096))
