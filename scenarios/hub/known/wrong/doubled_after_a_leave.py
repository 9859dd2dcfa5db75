# 错误：按文件描述符登记，离开时没从列表里删；新来的人用同一个描述符，就在列表里有两份，每句话收到两遍
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

numbers = []
sockets = {}
lock = threading.Lock()


def tell(message, sender):
    with lock:
        for n in numbers:
            if n in sockets and sockets[n] is not sender:
                try:
                    sockets[n].sendall(message)
                except OSError:
                    pass


def serve(conn, addr):
    number = conn.fileno()
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        tell(f"{addr} : ".encode() + data, conn)
    with lock:
        del sockets[number]
    tell(f"{addr}已经离开了".encode(), conn)
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    with lock:
        numbers.append(conn.fileno())
        sockets[conn.fileno()] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
