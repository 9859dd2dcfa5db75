# Mistake: decodes what the buffer holds; when it ends within a character, UnicodeDecodeError ends the server.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 9000))
while True:
    data, addr = s.recvfrom(1024)
    text = data.decode('utf-8')
    print('收到:', text)
    s.sendto(text.upper().encode('utf-8'), addr)
