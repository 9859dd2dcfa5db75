# Mistake: connects its socket to the first sender, and hears nobody else from then on.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
data, addr = s.recvfrom(1024)
s.connect(addr)
while True:
    try:
        s.send(data.upper())
        data = s.recv(1024)
    except ConnectionRefusedError:
        print(addr, 'refused')
        data = b''
