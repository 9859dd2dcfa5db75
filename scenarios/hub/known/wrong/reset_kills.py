# 错误：单线程 select，recv 的异常没人管，一个人异常断线整个服务器就崩溃
import select
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
clients = {}


def tell(message, sender):
    for c in clients:
        if c is not sender:
            c.sendall(message)


while True:
    for c in select.select([s] + list(clients), [], [])[0]:
        if c is s:
            conn, addr = s.accept()
            clients[conn] = addr
            continue
        data = c.recv(1024)
        if not data or data == b"q":
            addr = clients.pop(c)
            c.close()
            tell(f"{addr}已经离开了".encode(), c)
        else:
            tell(f"{clients[c]} : ".encode() + data, c)
