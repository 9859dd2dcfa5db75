# 不用线程：select 同时等键盘和连接
import os
import select
import socket

host = input("服务器IP: ").strip()
port = int(input("端口: "))
sock = socket.create_connection((host, port))
print("连接成功，输入q退出")
running = True
while running:
    ready, _, _ = select.select([0, sock], [], [])
    if sock in ready:
        try:
            data = sock.recv(4096)
        except OSError:
            data = b""
        if not data:
            print("服务器断开了")
            break
        os.write(1, data)       # 字节原样写到屏幕，半个汉字会和后半个合在一起
    if 0 in ready:
        line = os.read(0, 4096)
        word = line.rstrip(b"\n")
        if not line:
            word = b"q"
        try:
            sock.sendall(word)
        except OSError:
            break
        running = word != b"q"
sock.close()
print("聊天已结束")
