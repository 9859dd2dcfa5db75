# 错误：线程里用了全局变量 conn，再有人加入以后，先来的人只有一句话被转发
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


def handler(me, name):
    while True:
        try:
            data = conn.recv(1024)      # 应该是 me
        except OSError:
            break
        if not data or data == b"q":
            break
        tell(f"{name} : ".encode() + data, name)
    with lock:
        clients.pop(name, None)
    me.close()
    tell(f"{name}已经离开了".encode(), name)


def tell(message, sender):
    with lock:
        for addr, c in clients.items():
            if addr != sender:
                try:
                    c.sendall(message)
                except OSError:
                    pass


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    with lock:
        clients[addr] = conn
    threading.Thread(target=handler, args=(conn, addr), daemon=True).start()
