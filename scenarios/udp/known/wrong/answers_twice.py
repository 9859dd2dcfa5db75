# Mistake: sends every answer twice.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
while True:
    data, addr = s.recvfrom(1024)
    s.sendto(data.upper(), addr)
    s.sendto(data.upper(), addr)
