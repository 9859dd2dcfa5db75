# 错误：收到的回复前面没有“接收服务端的数据 >>> :”
import socket

s = socket.create_connection(("127.0.0.1", 9999))
print("服务端连接成功")
s.sendall(input("请输入 >>> :").encode("utf-8"))
print(s.recv(1024).decode("utf-8", "replace"))
s.close()
