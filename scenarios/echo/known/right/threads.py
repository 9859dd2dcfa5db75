import socket
import threading


def serve(conn, addr):
    print('客户端已连接:', addr)
    while True:
        try:
            data = conn.recv(1024)
        except ConnectionResetError:
            print(addr, '异常断开')
            break
        if not data:
            print(addr, '已断开')
            break
        print('收到', len(data), '字节')
        conn.sendall(data)
    conn.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('', 50007))
server.listen(5)
print('服务器已启动，等待客户端的连接...')
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn, addr)).start()
