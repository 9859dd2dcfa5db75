# 广播给所有人，也包括说话的人自己
import socket
import threading

port = int(input("请输入聊天服务器端口"))
mode = input("请输入服务器工作模式(p2p, hub)")
n = int(input("请输入最大允许连接的客户端数量"))
everyone = []
lock = threading.Lock()


def broadcast(data):
    with lock:
        for c in everyone:
            try:
                c.sendall(data)
            except OSError:
                pass


def talk(c, addr):
    while True:
        try:
            data = c.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        broadcast("{}>".format(addr).encode() + data)
    with lock:
        everyone.remove(c)
    c.close()
    broadcast("{}已经离开了".format(addr).encode())


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(n)
while True:
    c, addr = s.accept()
    with lock:
        everyone.append(c)
    threading.Thread(target=talk, args=(c, addr), daemon=True).start()
