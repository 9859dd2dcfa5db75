# 实验A：UDP 客户端
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        line = input(">>: ").strip()
    except EOFError:
        break
    if not line:
        continue
    client.sendto(line.encode("utf-8"), ("127.0.0.1", 9000))
    data, addr = client.recvfrom(1024)
    print(data.decode("utf-8"), addr)
client.close()
