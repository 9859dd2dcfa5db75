# Mistake: leaves its loop when a client has gone, but never closes the connection, of which it keeps a list.
import socket
import threading

connections = []


def serve(conn):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data:
            break
        conn.sendall(data)


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 9998))
s.listen(5)
print('聊天服务器上线了')
while True:
    conn, addr = s.accept()
    connections.append(conn)
    threading.Thread(target=serve, args=(conn,), daemon=True).start()
