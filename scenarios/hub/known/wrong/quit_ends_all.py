# 错误：一个人输入 q，整个服务器就退出了
import os
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

clients = {}
lock = threading.Lock()


def tell(message, sender):
    with lock:
        for addr, c in clients.items():
            if addr != sender:
                try:
                    c.sendall(message)
                except OSError:
                    pass


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if data == b"q":
            tell(f"{addr}已经离开了".encode(), addr)
            conn.close()
            print("聊天已结束")
            os._exit(0)
        if not data:
            break
        tell(f"{addr} : ".encode() + data, addr)
    with lock:
        del clients[addr]
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
