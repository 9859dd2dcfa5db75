# 每条消息以NUL结尾
import socket
import threading


def serve(conn):
    with conn:
        rest = b''
        while True:
            try:
                data = conn.recv(1024)
            except ConnectionResetError:
                return
            if not data:
                return
            *messages, rest = (rest + data).split(b'\0')
            for message in messages:
                conn.sendall(message + b'\0')


server = socket.create_server(('', 50007))
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn,)).start()
