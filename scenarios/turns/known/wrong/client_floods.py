# 错误：服务器关闭后还在不停地接收，屏幕被空消息刷满
import socket

s = socket.socket()
s.connect(("127.0.0.1", 9998))
import threading


def receive():
    while True:
        try:
            data = s.recv(1024)
        except OSError:
            return
        print("接收服务端的数据 >>> :", data.decode("utf-8", "replace"))


threading.Thread(target=receive, daemon=True).start()
while True:
    try:
        text = input("请输入 >>> :")
    except EOFError:
        break
    if text == "exit":
        break
    s.sendall(("老王:" + text).encode())
s.close()
