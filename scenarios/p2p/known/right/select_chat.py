# 不用线程：select 同时等键盘和连接；先问人数和模式
import os
import select
import socket
import sys

n = input("最大连接数：")
mode = input("工作模式（p2p/hub）：")
port = int(input("监听端口："))
server = socket.create_server(("127.0.0.1", port))
conn, addr = server.accept()
server.close()      # 只和一个人聊
name = "%s:%d" % addr
print("和", name, "聊天吧，对方输入q结束")
rest = b""
while True:
    for source in select.select([conn, sys.stdin], [], [])[0]:
        if source is sys.stdin:
            line = sys.stdin.readline()
            try:
                conn.sendall(line.rstrip("\n").encode())
            except OSError:
                print("发不出去了")
            continue
        try:
            data = conn.recv(500)
        except ConnectionResetError:
            data = b""
        if data == b"" or data.strip() == b"q":
            print(name, "走了", flush=True)
            conn.close()
            os._exit(0)
        rest += data
        # 末尾的半个汉字留到下一次
        for keep in range(4):
            try:
                text = rest[:len(rest) - keep].decode()
            except UnicodeDecodeError:
                continue
            rest = rest[len(rest) - keep:]
            print("[%s] %s" % (name, text))
            break
