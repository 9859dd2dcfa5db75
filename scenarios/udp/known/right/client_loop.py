import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    msg = input('>>: ').strip()
    if not msg:
        continue
    client.sendto(msg.encode('utf-8'), ('127.0.0.1', 9000))
    data, addr = client.recvfrom(1024)
    print(data.decode('utf-8', errors='replace'), addr)
