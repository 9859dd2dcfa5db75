# 错误：连接放在全局变量里，回复总是发给最后连上的客户端
import socket
import threading

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9998))
s.listen(128)


def talk():
    mine = conn
    while True:
        try:
            data = mine.recv(1024)
        except OSError:
            break
        if not data:
            break
        print(data.decode("utf-8", "replace"))
        answer = input("请输入 >>> :").encode()
        try:
            conn.sendall(answer)
        except OSError:
            break
    mine.close()


while True:
    conn, addr = s.accept()
    threading.Thread(target=talk).start()
