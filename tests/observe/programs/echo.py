import socket

server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    connection.sendall(data)
