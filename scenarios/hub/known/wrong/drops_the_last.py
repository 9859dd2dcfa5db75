# 错误：循环结束以后还用循环变量，离开的人没被删掉，删掉的是最后加入的人
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

clients = []
lock = threading.RLock()


def relay(data, sender):
    with lock:
        for c in list(clients):
            if c is not sender:
                try:
                    c.sendall(data)
                except OSError:
                    pass


def handle(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            data = b""
        if not data or data == b"q":
            with lock:
                for c in clients:
                    if c is not conn:
                        try:
                            c.sendall(f"{addr}已经离开了".encode())
                        except OSError:
                            pass
                if c in clients:
                    clients.remove(c)       # 这里应该是 conn
                    c.close()
            return
        relay(f"{addr} : ".encode() + data, conn)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    with lock:
        clients.append(conn)
    threading.Thread(target=handle, args=(conn, addr), daemon=True).start()
