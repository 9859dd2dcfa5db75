# Mistake: decodes as ASCII; any Chinese text ends the server.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9000))
while True:
    data, addr = s.recvfrom(1024)
    s.sendto(data.decode('ascii').upper().encode('ascii'), addr)
