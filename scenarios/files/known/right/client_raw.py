# 没有文件头：发完就关闭
import socket

name = input("请输入文件名：")
s = socket.create_connection(("127.0.0.1", 2333))
with open(name, "rb") as file:
    s.sendall(file.read())
s.close()
print("发送完毕")
