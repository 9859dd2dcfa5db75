# 错误：先发送再判断，exit 也发给了服务器
import socket

s = socket.socket()
s.connect(("127.0.0.1", 9998))
while True:
    try:
        text = input("请输入 >>> :")
    except EOFError:
        break
    s.sendall(("老王:" + text).encode())
    if text == "exit":
        break
    data = s.recv(1024)
    if not data:
        break
    print(data.decode("utf-8", "replace"))
s.close()
