# 错误：非阻塞的连接，在循环里反复查询
import os
import socket
import tempfile

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 2333))
s.listen(5)


def receive(conn, most):
    while True:
        try:
            return conn.recv(most)
        except BlockingIOError:
            pass


def serve(conn):
    conn.setblocking(False)
    data = b""
    while b"\n" not in data:
        block = receive(conn, 1024)
        if not block:
            return
        data += block
    line, data = data.split(b"\n", 1)
    size, name = line.decode("utf-8").split(" ", 1)
    size = int(size)
    handle, path = tempfile.mkstemp(dir=".")
    got = len(data)
    os.write(handle, data)
    while got < size:
        block = receive(conn, 1 << 20)
        if not block:
            break
        os.write(handle, block)
        got += len(block)
    os.close(handle)
    if got < size:
        os.remove(path)
        return
    os.rename(path, name)
    conn.sendall("OK\n".encode())


while True:
    conn, peer = s.accept()
    print("连接来自", peer)
    try:
        serve(conn)
    except OSError as error:
        print(error)
    conn.close()
