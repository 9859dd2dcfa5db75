# Mistake: a second thread for each client waits for work that never comes any more, and never ends.
import queue
import socket
import threading

print("服务器IP地址为", socket.gethostbyname(socket.gethostname()))
port = int(input("请输入聊天服务器端口: "))
mode = input("请输入服务器工作模式(p2p, hub): ")
max_clients = int(input("请输入最大允许连接的客户端数量: "))
clients = {}
lock = threading.Lock()


def tell(sender, text):
    with lock:
        for addr, conn in list(clients.items()):
            if addr != sender:
                try:
                    conn.sendall(text)
                except OSError:
                    pass


def report(jobs, addr):
    while True:
        print(addr, "发来", jobs.get(), "字节")


def serve(conn, addr):
    jobs = queue.Queue()
    threading.Thread(target=report, args=(jobs, addr), daemon=True).start()
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        jobs.put(len(data))
        tell(addr, f"{addr} : ".encode() + data)
    with lock:
        del clients[addr]
    tell(addr, f"{addr}已离开聊天室\n".encode())
    print(f"{addr}已离开聊天室")
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
print("等待客户端的连接...")
while True:
    conn, addr = s.accept()
    print(f"{addr}已成功连接")
    with lock:
        clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
