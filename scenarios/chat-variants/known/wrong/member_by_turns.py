# 错误：发一句才收一句
import socket

ip = input("请输入聊天服务器IP\n")
port = int(input("请输入聊天服务器端口\n"))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    line = input()
    s.sendto(line.encode(), (ip, port))
    if line == "q":
        break
    data, address = s.recvfrom(65535)
    print(address[0], ":", data.decode("utf-8", "replace"))
print("聊天已结束")
