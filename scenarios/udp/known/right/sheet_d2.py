# 实验D：UDP 回显服务器，收到 True 结束
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 3214))
while True:
    data, addr = s.recvfrom(1024)
    text = data.decode(errors="replace")
    if text == "True":
        break
    print("Receive String:", text)
    s.sendto(data, addr)
s.close()
