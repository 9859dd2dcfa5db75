import socket

server = socket.create_server(("", 9999))
connection, _ = server.accept()
connection.settimeout(10)
while True:
    try:
        data = connection.recv(4096)
    except TimeoutError:
        continue
    if not data:
        break
    connection.sendall(data)
