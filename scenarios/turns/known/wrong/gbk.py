# 错误：发送时用了 GBK，对方看到的汉字是乱码
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
        conn.sendall(input("请输入 >>> :").encode("gbk"))
    conn.close()


while True:
    conn, addr = s.accept()
    threading.Thread(target=talk, args=(conn,)).start()
