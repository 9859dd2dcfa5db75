# Mistake: takes at most 64 bytes of a datagram; the rest is lost.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9000))
while True:
    data, addr = s.recvfrom(64)
    s.sendto(data.upper(), addr)
