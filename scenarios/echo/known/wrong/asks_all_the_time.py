# Mistake: never waits, but asks every socket again and again.
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 9998))
s.listen(50)
s.setblocking(False)
clients = []
print('聊天服务器上线了')
while True:
    try:
        conn, addr = s.accept()
        conn.setblocking(False)
        clients.append((conn, bytearray()))
    except BlockingIOError:
        pass
    for client in list(clients):
        conn, rest = client
        try:
            if rest:
                del rest[:conn.send(rest)]
            data = conn.recv(1024)
            rest.extend(data)
        except BlockingIOError:
            continue
        except OSError:
            data = b''
        if not data and not rest:
            conn.close()
            clients.remove(client)
