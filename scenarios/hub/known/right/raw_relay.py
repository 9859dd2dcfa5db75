# 原样转发，不加任何内容
import socket
import threading

clients = {}
lock = threading.Lock()


def broadcast(data, sender=None):
    with lock:
        for addr, conn in list(clients.items()):
            if addr != sender:
                try:
                    conn.sendall(data)
                except OSError:
                    pass


def serve(conn, addr):
    with lock:
        clients[addr] = conn
    try:
        while data := conn.recv(1024):
            if data == b'q':
                break
            broadcast(data, addr)
    except ConnectionResetError:
        pass
    with lock:
        del clients[addr]
    conn.close()
    broadcast('有人离开了'.encode())


server = socket.create_server(('', int(input('请输入聊天服务器端口：'))))
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn, addr)).start()
