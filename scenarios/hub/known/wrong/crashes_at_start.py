# 错误：bind 的参数写成了两个，一启动就崩溃
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

clients = {}


def serve(conn, addr):
    while True:
        data = conn.recv(1024)
        if not data or data == b"q":
            break
        for a, c in list(clients.items()):
            if a != addr:
                c.sendall(f"{addr} : ".encode() + data)
    del clients[addr]
    conn.close()


s = socket.socket()
s.bind("0.0.0.0", port)
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr)).start()
