# 错误：回复里的汉字被切断时 decode 出错，客户端退出
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
    data = s.recv(1024)
    if not data:
        break
    print(data.decode("utf-8"))
s.close()
