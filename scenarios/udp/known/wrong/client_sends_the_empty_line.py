# Mistake: sends the empty line too, as an empty datagram, and waits for its answer.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    msg = input('>>: ').strip()
    client.sendto(msg.encode(), ('127.0.0.1', 9000))
    data, addr = client.recvfrom(1024)
    print(data.decode(errors='replace'), addr)
