# Mistake: takes no notice of the empty recv() at the end of a connection; its thread runs in circles for ever.
import socket
import threading


def serve(conn):
    while True:
        try:
            data = conn.recv(1024)
            conn.sendall(data)
        except OSError:
            break


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 9998))
s.listen(5)
print('聊天服务器上线了')
while True:
    conn, addr = s.accept()
    threading.Thread(target=serve, args=(conn,), daemon=True).start()
