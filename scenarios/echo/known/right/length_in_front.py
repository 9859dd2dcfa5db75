# 每条消息前面是4个字节的长度
import socket
import struct
import threading


def receive(conn, count):
    data = b''
    while len(data) < count:
        more = conn.recv(count - len(data))
        if not more:
            return None
        data += more
    return data


def serve(conn):
    with conn:
        try:
            while head := receive(conn, 4):
                data = receive(conn, struct.unpack('>I', head)[0])
                if data is None:
                    return
                conn.sendall(head + data)
        except ConnectionResetError:
            return


server = socket.create_server(('', 50007))
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn,)).start()
