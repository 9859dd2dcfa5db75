# Mistake: the port is not the server's (9090 for 9000).
import signal
import socket

signal.alarm(60)  # whatever happens, nothing is left after a minute

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    msg = input('>>: ')
    if not msg:
        continue
    client.sendto(msg.encode(), ('127.0.0.1', 9090))
    data, addr = client.recvfrom(1024)
    print(data.decode(errors='replace'), addr)
