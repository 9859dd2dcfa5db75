# Mistake: opens its log anew for each client, and never closes it.
import socket
import threading

logs = []


def serve(conn, addr):
    log = open('server.log', 'a', encoding='utf-8')
    logs.append(log)
    log.write(f'{addr} 已连接\n')
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data:
            break
        conn.sendall(data)
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 9998))
s.listen(5)
print('聊天服务器上线了')
while True:
    conn, addr = s.accept()
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
