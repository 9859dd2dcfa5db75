# Mistake: is to answer in capitals, but throws the result of upper() away.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
while True:
    data, addr = s.recvfrom(1024)
    data.upper()
    s.sendto(data, addr)
