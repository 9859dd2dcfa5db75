# 错误：在 accept 循环里等新客户端的第一句话，一个不说话的人挡住了后面所有的人
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


def serve(conn, addr, data):
    while data and data != b"q":
        tell(f"{addr} : ".encode() + data, addr)
        try:
            data = conn.recv(1024)
        except OSError:
            break
    with lock:
        del clients[addr]
    conn.close()
    tell(f"{addr}已经离开了".encode(), addr)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    first = conn.recv(1024)
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr, first), daemon=True).start()
