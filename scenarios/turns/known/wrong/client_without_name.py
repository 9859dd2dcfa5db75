# 错误：发出的话前面没有加“老王:”
import socket

s = socket.create_connection(("127.0.0.1", 9998))
while True:
    try:
        text = input("请输入 >>> :")
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
