# 聊天服务器（p2p）：主线程收消息，后台线程把键盘输入发给对方
import codecs
import os
import socket
import sys
import threading

ip = socket.gethostbyname(socket.gethostname())
print("服务器IP地址为", ip)
print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input().strip()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())
if mode != "p2p":
    sys.exit("这个程序只会 p2p 模式")

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
print("等待客户端的连接...")
conn, addr = s.accept()
print(f"({addr}已成功连接!")


def typing():
    while True:
        text = input()
        try:
            conn.sendall(text.encode("utf-8"))
        except OSError:
            return


threading.Thread(target=typing, daemon=True).start()
decoder = codecs.getincrementaldecoder("utf-8")("replace")
while True:
    try:
        data = conn.recv(1024)
    except OSError:
        break
    if not data or data == b"q":
        break
    text = decoder.decode(data)
    if text:
        print(f"{addr} : {text}")
print(f"({addr}已退出聊天")
conn.close()
s.close()
print("聊天已结束", flush=True)
# 后台线程可能正在input()里，正常退出有时会崩溃
os._exit(0)
