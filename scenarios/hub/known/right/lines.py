# 每条消息一行，以换行符结尾（TCP 没有消息边界，要自己定）
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
limit = int(input())

clients = {}
lock = threading.Lock()


def tell_others(line, sender):
    with lock:
        for addr, conn in clients.items():
            if addr != sender:
                try:
                    conn.sendall(line + b"\n")
                except OSError:
                    pass


def serve(conn, addr):
    try:
        with conn.makefile("rb") as lines:
            for line in lines:
                line = line.rstrip(b"\r\n")
                if line == b"q":
                    break
                tell_others(f"{addr} : ".encode() + line, addr)
    except OSError:
        pass
    with lock:
        clients.pop(addr)
    conn.close()
    tell_others(f"{addr}已经离开了".encode(), addr)


server = socket.create_server(("", port))
while True:
    conn, addr = server.accept()
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
