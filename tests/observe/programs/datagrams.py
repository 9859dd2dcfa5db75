import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", 9999))
while True:
    data, client = server.recvfrom(4096)
    server.sendto(data, client)
