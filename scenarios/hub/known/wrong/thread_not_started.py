# 错误：线程建好了却忘了 start，连得上，但没人理
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
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    clients[addr] = conn
    t = threading.Thread(target=serve, args=(conn, addr))
