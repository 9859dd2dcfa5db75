# 错误：收到了回复却没有显示
import socket

s = socket.socket()
s.connect(("127.0.0.1", 9998))
while True:
    try:
        text = input("请输入 >>> :")
    except EOFError:
        break
    if text == "exit":
        break
    s.sendall(("老王:" + text).encode())
    if not s.recv(1024):
        break
s.close()
