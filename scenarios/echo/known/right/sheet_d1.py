# 实验D：一个客户端，打印的话和指导书一致
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 3214))
s.listen(5)
conn, addr = s.accept()
print("Client Address:", addr)
while True:
    data = conn.recv(1024)
    if not data:
        break
    print("Receive Data:", data.decode("utf-8", "replace"))
    conn.sendall(data)
conn.close()
s.close()
