# Mistake: serves one client after another, where several are to be served at once.
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 9999))
s.listen(5)
print('等待客户端的连接...')
while True:
    conn, addr = s.accept()
    print(addr, '连接成功')
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            conn.sendall(data)
    except ConnectionResetError:
        print(addr, '强行断开')
    conn.close()
