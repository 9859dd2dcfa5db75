# 来人时通知所有人，离开时也通知
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
    conn.sendall('Hi, Welcome to the server!\n'.encode())
    with lock:
        clients[addr] = conn
    broadcast(('[%s:%d] joined' % addr).encode())
    try:
        while data := conn.recv(1024):
            if data == b'q':
                break
            broadcast(('[%s:%d] ' % addr).encode() + data, addr)
    except ConnectionResetError:
        pass
    with lock:
        del clients[addr]
    conn.close()
    broadcast(('[%s:%d] left' % addr).encode())


server = socket.create_server(('', int(input('port: '))))
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn, addr)).start()
