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


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        tell(f"{addr} : ".encode() + data)
    with lock:
        del clients[addr]
    conn.close()
    tell(f"{addr}已经离开了".encode())


def tell(message):
    with lock:
        for conn in clients.values():
            try:
                conn.sendall(message)
            except OSError:
                pass


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    print("等待客户端的连接...")
    conn, addr = s.accept()
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
