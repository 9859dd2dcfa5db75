# 错误：打印的话不是指导书里的
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 3214))
s.listen(5)
conn, addr = s.accept()
print("有客户端连接：", addr)
while True:
    data = conn.recv(1024)
    if not data:
        break
    print("收到：", data.decode("utf-8", "replace"))
    conn.sendall(data)
conn.close()
