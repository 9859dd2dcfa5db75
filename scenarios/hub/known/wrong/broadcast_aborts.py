# 错误：给一个已经断开的人发送失败，就不再发给排在后面的人
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
        try:
            for c in clients:
                if c is not sender:
                    c.sendall(message)
        except OSError:
            print("发送失败")


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            return
        if not data:
            return
        if data == b"q":
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
