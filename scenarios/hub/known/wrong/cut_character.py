# 错误：每次收到的字节单独解码，汉字被切成两半时线程就崩溃了
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


def tell(text, sender):
    with lock:
        for addr, c in clients.items():
            if addr != sender:
                try:
                    c.sendall(text.encode("utf-8"))
                except OSError:
                    pass


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            data = b""
        text = data.decode("utf-8")
        if text in ("", "q"):
            break
        print(addr, ":", text)
        tell(f"{addr} : {text}", addr)
    with lock:
        del clients[addr]
    conn.close()
    tell(f"{addr}已经离开了", addr)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
