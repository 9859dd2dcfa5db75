# 错误：直接写进同名文件，中断后原来的文件没了
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
    path = name
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
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
