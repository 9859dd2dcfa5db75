# Mistake: sends one line, shows the answer and ends.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
msg = ''
while not msg:
    msg = input('>>: ')
client.sendto(msg.encode(), ('127.0.0.1', 9000))
data, addr = client.recvfrom(1024)
print(data.decode(errors='replace'), addr)
