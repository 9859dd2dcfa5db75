# Mistake: compares bytes with a str, which is never equal: the stop word is answered like any other.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 3214))
while True:
    data, addr = s.recvfrom(1024)
    if data == 'True':
        break
    print('Receive String:', data)
    s.sendto(data, addr)
