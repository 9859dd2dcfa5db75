# Mistake: sends a line in pieces of 256 bytes, a datagram each.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    msg = input('>>: ').encode()
    if not msg:
        continue
    for i in range(0, len(msg), 256):
        client.sendto(msg[i:i + 256], ('127.0.0.1', 9000))
    data, addr = client.recvfrom(1024)
    print(data.decode(errors='replace'), addr)
