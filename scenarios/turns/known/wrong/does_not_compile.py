# 错误：冒号漏了，程序根本不能启动
import socket

s = socket.socket()
s.bind(("", 9998))
s.listen(5)
while True
    conn, addr = s.accept()
    print(conn.recv(1024).decode())
    conn.send(input().encode())
