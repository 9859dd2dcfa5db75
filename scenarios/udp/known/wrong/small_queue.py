# Mistake: makes the socket's buffer as small as it gets: what comes while it is full is lost.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
sock.bind(("127.0.0.1", 9000))
while True:
    data, address = sock.recvfrom(1024)
    sock.sendto(data.upper(), address)
