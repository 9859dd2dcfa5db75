# 客户端：一次对话（B1）
import socket

with socket.create_connection(("127.0.0.1", 9999)) as s:
    print("服务端连接成功")
    s.sendall(input("请输入 >>> :").encode("utf-8"))
    print("接收服务端的数据 >>> :", s.recv(1024).decode("utf-8"))
