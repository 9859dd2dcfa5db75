import socket

server = socket.create_server(("", 9100))
connection, _ = server.accept()
while data := connection.recv(2048):
    connection.sendall(data.decode().upper().encode())
