# 实验A：循环收发，服务器打印每次收到的内容
import socket

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 50007))
server.listen(1)
conn, addr = server.accept()
while True:
    data = conn.recv(1024)
    if not data:
        break
    print("server recv:", addr, data.decode("utf-8", "replace"))
    conn.sendall(data)
conn.close()
server.close()
