# Mistake: reads a second datagram before it answers; one datagram alone is never answered.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9000))
while True:
    s.recvfrom(1024)
    data, addr = s.recvfrom(1024)
    s.sendto(data.upper(), addr)
