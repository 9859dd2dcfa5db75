# 错误：只说一句就不再发送了
import socket

s = socket.socket()
s.connect(("127.0.0.1", 9998))
text = input("请输入 >>> :")
s.sendall(("老王:" + text).encode())
print(s.recv(1024).decode("utf-8", "replace"))
while True:
    try:
        if input("请输入 >>> :") == "exit":
            break
    except EOFError:
        break
s.close()
