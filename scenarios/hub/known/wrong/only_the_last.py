# 错误：消息只转发给最后加入的人，其他人收不到
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

clients = []
lock = threading.Lock()


def tell(message, sender):
    with lock:
        for c in clients:
            if c is not sender:
                receiver = c
    try:
        receiver.sendall(message)       # 少缩进了一层
    except (OSError, NameError):
        pass


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        tell(f"{addr} : ".encode() + data, conn)
    with lock:
        clients.remove(conn)
    conn.close()
    tell(f"{addr}已经离开了".encode(), conn)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    with lock:
        clients.append(conn)
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
