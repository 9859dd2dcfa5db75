# Mistake: answers to a fixed address instead of the sender's.
import socket

CLIENT = ('127.0.0.1', 9001)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
while True:
    data, addr = s.recvfrom(1024)
    print('recv ', data, addr)
    s.sendto(data.upper(), CLIENT)
