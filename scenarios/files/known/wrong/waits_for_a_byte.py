# 错误：空文件也要等到至少一个字节
import os
import socket
import tempfile

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 2333))
s.listen(5)


def serve(conn):
    data = b""
    while b"\n" not in data:
        block = conn.recv(1024)
        if not block:
            return
        data += block
    line, data = data.split(b"\n", 1)
    size, name = line.decode("utf-8").split(" ", 1)
    size = int(size)
    handle, path = tempfile.mkstemp(dir=".")
    got = len(data)
    os.write(handle, data)
    while got < max(size, 1):
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
