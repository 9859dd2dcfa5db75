# 错误：每个客户端只回答一次就不再接收了
import socket
import threading

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9998))
s.listen(128)

connections = []


def talk(conn):
    try:
        data = conn.recv(1024)
        if data:
            print(data.decode("utf-8", "replace"))
            conn.sendall(input("请输入 >>> :").encode("utf-8"))
    except OSError:
        pass


while True:
    conn, addr = s.accept()
    connections.append(conn)
    threading.Thread(target=talk, args=(conn,)).start()
