# Mistake: answers one datagram and ends: the loop is missing.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
data, addr = s.recvfrom(1024)
print('recv ', data, addr)
s.sendto(data.upper(), addr)
s.close()
