# Mistake: sends the stop word back before it ends.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 3214))
data = b''
while data != b'True':
    data, addr = s.recvfrom(1024)
    print('Receive String:', data)
    s.sendto(data, addr)
