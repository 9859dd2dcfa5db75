# 实验A：UDP 大写服务器，打印的话和指导书一致
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 9000))
while True:
    data, addr = server.recvfrom(1024)
    print("recv ", data, addr)
    server.sendto(data.upper(), addr)
