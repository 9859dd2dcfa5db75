# 绑定本机名对应的地址；进门有欢迎词，聊天有编号，字里带颜色
import socket
import threading
import itertools

HOST = socket.gethostbyname(socket.gethostname())
print("本机地址是", HOST)
PORT = int(input("请输入聊天服务器端口\n"))
MODE = input("请输入服务器工作模式(p2p, hub)\n")
MAX = int(input("请输入最大允许连接的客户端数量\n"))

clients = {}
lock = threading.Lock()
numbers = itertools.count(1)


def tell(text, sender):
    with lock:
        for conn in list(clients):
            if conn is sender:
                continue
            try:
                conn.sendall(text)
            except OSError:
                pass


def handler(conn):
    name = clients[conn]
    tell(f"\033[33m{name}进入了聊天室\033[0m".encode(), conn)
    try:
        while True:
            data = conn.recv(1024)
            if not data or data == b"q":
                break
            tell(f"[{name}] ".encode() + data + b"\r\n", conn)
    except ConnectionResetError:
        print(name, "掉线了")
    finally:
        with lock:
            clients.pop(conn)
        tell(f"{name}已经离开了".encode(), conn)
        conn.close()


sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind((HOST, PORT))
sock.listen(MAX)
print("等待客户端的连接...")
while True:
    conn, addr = sock.accept()
    with lock:
        clients[conn] = "客户%d号" % next(numbers)
    try:
        conn.sendall(f"欢迎你，{clients[conn]}！输入q离开\n".encode())
    except OSError:
        pass
    threading.Thread(target=handler, args=(conn,), daemon=True).start()
