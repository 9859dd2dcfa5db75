# 错误：第一个客户端离开以后程序就结束了
import socket
import threading

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9998))
s.listen(128)

conn, addr = s.accept()
s.settimeout(None)
while True:
    try:
        data = conn.recv(1024)
    except OSError:
        break
    if not data:
        break
    print("recv from Alex:", addr, data.decode("utf-8", "replace"))
    answer = input(">>>")
    conn.sendall(answer.encode("utf-8"))
    print("send to alex:", answer)
conn.close()
s.close()
