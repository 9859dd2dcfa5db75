# 错误：客户端异常断线时什么也没有打印
import socket
import threading


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


s = socket.create_server(("127.0.0.1", 9998))
while True:
    conn, addr = s.accept()
    print("聊天服务器上线了")
    threading.Thread(target=talk, args=(conn,)).start()
