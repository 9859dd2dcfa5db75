# 错误：缩进不对，根本运行不了
import socket

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())
s = socket.socket()
s.bind(("", port))
s.listen(max_clients)
conn, addr = s.accept()
while True:
data = conn.recv(1024)
    print(addr, ":", data.decode())
