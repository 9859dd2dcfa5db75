# 错误：没有设置 SO_REUSEADDR，停掉以后马上再启动会报 Address already in use
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
    tell(f"{addr}已经离开了".encode(), addr)


s = socket.socket()
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
