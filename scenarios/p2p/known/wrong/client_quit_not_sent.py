# 错误：输入 q 直接退出，没有告诉对方
import codecs
import os
import socket
import threading

ip = input("请输入聊天服务器IP\n")
port = int(input("请输入聊天服务器端口\n"))
s = socket.socket()
s.connect((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")


def receive():
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        try:
            data = s.recv(1024)
        except OSError:
            data = b""
        if not data:
            print("服务器已断开", flush=True)
            os._exit(0)
        print(ip, ":", decoder.decode(data))


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    if text == "q":
        break
    try:
        s.sendall(text.encode())
    except OSError:
        break
s.close()
print("聊天已结束", flush=True)
os._exit(0)
