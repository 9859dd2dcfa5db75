# 错误：没有文件头，只收一次
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 2333))
s.listen(1)
while True:
    conn, peer = s.accept()
    with open("received.bin", "wb") as file:
        file.write(conn.recv(4096))
    conn.close()
    print("接收完毕")
