# Mistake: the sender is skipped, where the sheet wants everyone to get the message.
import socket
import threading

port = int(input("请输入聊天服务器端口\n"))
mode = input("请输入服务器工作模式(p2p, hub)\n")
most = int(input("请输入最大允许连接的客户端数量\n"))
clients = {}
lock = threading.Lock()


def tell(message, skipped=None):
    with lock:
        for addr, conn in clients.items():
            if addr != skipped:
                try:
                    conn.sendall(message)
                except OSError:
                    pass


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        tell(f"{addr} : ".encode() + data, addr)
    with lock:
        del clients[addr]
    conn.close()
    tell(f"{addr}已经离开了".encode())


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(most)
while True:
    conn, addr = s.accept()
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
