# 错误：收到的消息没有打印出来
import os
import socket
import threading

print("请输入聊天服务器IP")
ip = input()
print("请输入聊天服务器端口")
port = int(input())
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")


def receive():
    try:
        while s.recv(1024):
            pass
    except OSError:
        pass
    print("聊天已结束", flush=True)
    os._exit(0)


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    try:
        s.sendall(text.encode())
        if text == "q":
            s.shutdown(socket.SHUT_RDWR)
            threading.Event().wait()
    except OSError:
        pass
