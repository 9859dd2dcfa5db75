# 错误：发送失败时没有放开锁（没用 with），之后所有人都卡住
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
    lock.acquire()
    for c in clients:
        if c is not sender:
            c.sendall(message)
    lock.release()


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            data = b""
        if not data:
            return      # 忘了从列表里删
        if data == b"q":
            break
        tell(f"{addr} : ".encode() + data, conn)
    lock.acquire()
    clients.remove(conn)
    lock.release()
    conn.close()
    tell(f"{addr}已经离开了".encode(), conn)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    lock.acquire()
    clients.append(conn)
    lock.release()
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
