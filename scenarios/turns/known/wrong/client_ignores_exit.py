# 错误：比较时带着名字，所以 exit 永远不会被认出来
import socket

s = socket.socket()
s.connect(("127.0.0.1", 9998))
while True:
    try:
        text = "老王:" + input("请输入 >>> :")
    except EOFError:
        break
    if text == "exit":
        break
    s.sendall(text.encode())
    data = s.recv(1024)
    if not data:
        break
    print(data.decode("utf-8", "replace"))
s.close()
