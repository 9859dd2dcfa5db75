# 没有文件头：收到对方关闭为止
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 2333))
s.listen(1)
while True:
    conn, peer = s.accept()
    with open("received.bin", "wb") as file:
        while True:
            data = conn.recv(4096)
            if not data:
                break
            file.write(data)
    conn.close()
    print("接收完毕")
