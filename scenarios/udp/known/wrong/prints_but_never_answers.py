# Mistake: prints the text on its screen and sends nothing back.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
while True:
    data, addr = s.recvfrom(1024)
    print(data.decode(errors='replace').upper(), addr, flush=True)
