# 错误：打印的话不是指导书里的
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 9000))
while True:
    data, addr = server.recvfrom(1024)
    print("收到", addr, data)
    server.sendto(data.upper(), addr)
