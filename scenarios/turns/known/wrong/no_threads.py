# 错误：没有线程，第二个客户端要等第一个离开
import socket
import threading

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9998))
s.listen(128)

while True:
    conn, addr = s.accept()
    print("聊天服务器上线了")
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data:
            break
        print(data.decode("utf-8", "replace"))
        conn.sendall(input("请输入 >>> :").encode("utf-8"))
    conn.close()
