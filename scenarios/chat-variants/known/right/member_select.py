# UDP客户端：connect之后用select，出错不退出
import os
import select
import socket

ip = input("请输入聊天服务器IP\n")
port = int(input("请输入聊天服务器端口\n"))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((ip, port))
s.send(b"")
print("可以开始聊天了！（输入q退出聊天）")
over = False
while not over:
    ready, _, _ = select.select([0, s], [], [])
    if s in ready:
        try:
            print(s.recv(65535).decode("utf-8", "replace"), flush=True)
        except ConnectionRefusedError:
            print("（没有人接收）")
    if 0 in ready:
        for line in os.read(0, 4096).decode().splitlines() or ["q"]:
            try:
                s.send(line.encode())
            except ConnectionRefusedError:
                print("（没有人接收）")
            if line == "q":
                over = True
                break
print("聊天已结束")
