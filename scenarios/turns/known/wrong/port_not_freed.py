# 错误：没有设置 SO_REUSEADDR，马上重新启动时端口还被占着
import socket
import threading

s = socket.socket()
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
        conn.sendall(input("请输入 >>> :").encode("utf-8"))
    conn.close()


while True:
    conn, addr = s.accept()
    threading.Thread(target=talk, args=(conn,)).start()
