# Mistake: sends as many bytes as the line has characters.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    msg = input('>>: ')
    if not msg:
        continue
    client.sendto(msg.encode()[:len(msg)], ('127.0.0.1', 9000))
    data, addr = client.recvfrom(1024)
    print(data.decode(errors='replace'), addr)
