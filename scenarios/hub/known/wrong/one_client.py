# 错误：accept 只调用一次，第二个客户端永远没人理
import socket

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
print("等待客户端的连接...")
conn, addr = s.accept()
print(f"({addr}已成功连接!")
clients = {addr: conn}
while True:
    data = conn.recv(1024)
    if not data or data == b"q":
        break
    print(addr, ":", data)
    for a in clients:
        if a != addr:
            clients[a].sendall(f"{addr} : ".encode() + data)
conn.close()
