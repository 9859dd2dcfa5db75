# 错误：没有打印“---服务已经启动---”
import socket

s = socket.create_server(("127.0.0.1", 9999))
conn, addr = s.accept()
print("客户端的地址 >>> :", addr)
data = conn.recv(1024)
if data:
    print("接收客户端的数据 >>> :", data.decode("utf-8", "replace"))
    conn.sendall(input("请输入 >>> :").encode("utf-8"))
conn.close()
