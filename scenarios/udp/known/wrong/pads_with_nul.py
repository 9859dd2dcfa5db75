# Mistake: sends its whole buffer of 1024 bytes, filled up with NUL bytes.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
while True:
    buffer = bytearray(1024)
    n, addr = s.recvfrom_into(buffer)
    s.sendto(buffer.upper(), addr)
