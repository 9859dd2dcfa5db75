# 错误：不停地问有没有新数据，什么也不做时也占满处理器
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9999))
s.listen(5)
s.setblocking(False)
clients = []
while True:
    try:
        conn, addr = s.accept()
        conn.setblocking(False)
        clients.append(conn)
    except BlockingIOError:
        pass
    for conn in list(clients):
        try:
            data = conn.recv(1024)
        except BlockingIOError:
            continue
        except OSError:
            data = b""
        if data:
            print(data.decode("utf-8", "replace"))
            import select
            import sys

            while not select.select([sys.stdin], [], [], 0)[0]:
                pass
            conn.sendall(sys.stdin.readline().strip().encode())
        else:
            clients.remove(conn)
            conn.close()
