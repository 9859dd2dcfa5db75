# Mistake: sends as many bytes as the text has characters: 2 of the 6 bytes of a greeting in Chinese.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9000))
while True:
    data, addr = s.recvfrom(1024)
    text = data.decode('utf-8', 'ignore').upper()
    s.sendto(text.encode('utf-8')[:len(text)], addr)
