# Mistake: never waits, but asks its connection and its keyboard again and again.
import codecs
import os
import select
import socket
import sys

port = int(input("请输入聊天服务器端口: "))
mode = input("请输入服务器工作模式(p2p, hub): ")
max_clients = int(input("请输入最大允许连接的客户端数量: "))
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
print("等待客户端的连接...")
conn, addr = s.accept()
conn.setblocking(False)
print(f"{addr}已成功连接")
decoder = codecs.getincrementaldecoder("utf-8")("replace")
typed = b""
while True:
    try:
        data = conn.recv(65536)
        if not data or data == b"q":
            break
        print(f"{addr} : {decoder.decode(data)}", flush=True)
    except BlockingIOError:
        pass
    except OSError:
        break
    if select.select([sys.stdin], [], [], 0)[0]:
        typed += os.read(0, 65536)
        while b"\n" in typed:
            line, typed = typed.split(b"\n", 1)
            conn.setblocking(True)
            conn.sendall(line)
            conn.setblocking(False)
conn.close()
print("聊天已结束")
