# Mistake: shows what was typed instead of what the server answered.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    msg = input('>>: ')
    if not msg:
        continue
    client.sendto(msg.encode(), ('127.0.0.1', 9000))
    data, addr = client.recvfrom(1024)
    print(msg, addr)
