# Mistake: remembers the first sender, and sends every answer to it.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9000))
client = None
while True:
    data, addr = s.recvfrom(1024)
    if client is None:
        client = addr
        print('客户端:', client)
    s.sendto(data.upper(), client)
