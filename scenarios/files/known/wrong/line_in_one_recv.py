# 错误：以为一次recv就能收到完整的一行
import os
import socket
import tempfile

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 2333))
s.listen(5)


def serve(conn):
    data = b""
    data = conn.recv(1024)
    if not data:
        return
    line, data = (data + b"\n").split(b"\n", 1)
    data = data[:-1] if data else data
    size, name = line.decode("utf-8").split(" ", 1)
    size = int(size)
    handle, path = tempfile.mkstemp(dir=".")
    got = len(data)
    os.write(handle, data)
    while got < size:
        block = conn.recv(1 << 20)
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
