# 聊天室服务器：每个客户端一个线程，客户端按地址存放在字典里
import socket
import threading

print("服务器地址:", socket.gethostbyname(socket.gethostname()))
print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input().strip()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

clients = {}
lock = threading.Lock()


def send_to_others(message, sender):
    with lock:
        for addr, conn in clients.items():
            if addr == sender:
                continue
            try:
                conn.sendall(message)
            except OSError:
                pass    # 对方已经断开，由它自己的线程处理


def serve(conn, addr):
    try:
        while True:
            data = conn.recv(1024)
            if not data or data == b"q":
                break
            print(addr, ":", data.decode("utf-8", "replace"))
            send_to_others(str(addr).encode() + b" : " + data, addr)
    except OSError:
        pass
    with lock:
        del clients[addr]
    conn.close()
    print(f"{addr}已经离开了")
    send_to_others(f"{addr}已经离开了".encode("utf-8"), addr)


if mode != "hub":
    print("这个程序只会 hub 模式")
    raise SystemExit(1)

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", port))
server.listen(max_clients)
while True:
    print("等待客户端的连接...")
    conn, addr = server.accept()
    print(f"({addr}已成功连接!")
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
