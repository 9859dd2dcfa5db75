# 错误：回答之后既不关闭连接，也不结束
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9999))
s.listen(5)
print("---服务已经启动---")
conn, addr = s.accept()
print("客户端的地址 >>> :", addr)
data = conn.recv(1024)
print("接收客户端的数据 >>> :", data.decode("utf-8", "replace"))
if data:
    conn.sendall(input("请输入 >>> :").encode("utf-8"))
    input("按回车键结束")
