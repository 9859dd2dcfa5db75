# 错误：读了键盘，发回去的却是对方自己的话
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
            break
        if not data:
            break
        print(data.decode("utf-8", "replace"))
        answer = input("请输入 >>> :")
        conn.sendall(data)
    conn.close()


while True:
    conn, addr = s.accept()
    threading.Thread(target=talk, args=(conn,)).start()
