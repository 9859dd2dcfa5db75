# 错误：断开的客户端从不删除，之后给它发送失败，别人的线程一个接一个地崩溃
import socket
import threading

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())

clients = {}


def serve(conn, addr):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data:
            break
        if data == b"q":
            del clients[addr]
            conn.close()
            for other in list(clients.values()):
                other.sendall(f"{addr}已经离开了".encode())
            break
        for a in list(clients):
            if a != addr:
                clients[a].sendall(f"{addr} : ".encode() + data)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
while True:
    conn, addr = s.accept()
    clients[addr] = conn
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
