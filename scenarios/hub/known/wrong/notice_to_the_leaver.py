# 错误：“已经离开了”只发给了离开的人自己
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
            data = b""
        if not data or data == b"q":
            break
        with lock:
            for a, c in clients.items():
                if a != addr:
                    try:
                        c.sendall(f"{addr} : ".encode() + data)
                    except OSError:
                        pass
    with lock:
        del clients[addr]
    try:
        conn.sendall(f"{addr}已经离开了".encode())
    except OSError:
        pass
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
