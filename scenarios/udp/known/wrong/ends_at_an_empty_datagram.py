# Mistake: takes an empty datagram for the end, as if it were TCP.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
while True:
    data, addr = s.recvfrom(1024)
    if not data:
        break
    s.sendto(data.upper(), addr)
s.close()
