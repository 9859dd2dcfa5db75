# 错误：客户端离开后 recv 一直返回空，空消息刷满屏幕
import socket
import threading

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9998))
s.listen(128)


def talk(conn):
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            return
        print("收到：", data.decode("utf-8", "replace"))
        if data:
            conn.sendall(input("请输入 >>> :").encode("utf-8"))


while True:
    conn, addr = s.accept()
    threading.Thread(target=talk, args=(conn,)).start()
