# Mistake: puts the address of the one who gets the message in front of it, instead of the sender's.
import selectors
import socket

port = int(input("请输入聊天服务器端口\n"))
mode = input("请输入服务器工作模式(p2p, hub)\n")
most = int(input("请输入最大允许连接的客户端数量\n"))

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", port))
listener.listen(most)
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ)
clients = {}
while True:
    for key, _ in selector.select():
        conn = key.fileobj
        if conn is listener:
            conn, address = listener.accept()
            clients[conn] = address
            selector.register(conn, selectors.EVENT_READ)
            continue
        try:
            data = conn.recv(1024)
        except OSError:
            data = b""
        if not data or data == b"q":
            selector.unregister(conn)
            address = clients.pop(conn)
            conn.close()
        for other in clients:
            if other is not conn:
                try:
                    if conn in clients:
                        other.sendall(f"{clients[other]} : ".encode() + data)
                    else:
                        other.sendall(f"{address}已经离开了".encode())
                except OSError:
                    pass
