# 错误：发现有人断开时，一边遍历字典一边删除，RuntimeError 让说话的人的线程崩溃
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

clients = {}
lock = threading.RLock()


def tell(message, sender):
    with lock:
        for addr, c in clients.items():
            if addr == sender:
                continue
            try:
                c.sendall(message)
            except OSError:
                del clients[addr]


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            return
        if not data:
            return      # 等下次给它发消息失败时再删
        if data == b"q":
            break
        tell(f"{addr} : ".encode() + data, addr)
    tell(f"{addr}已经离开了".encode(), addr)
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
