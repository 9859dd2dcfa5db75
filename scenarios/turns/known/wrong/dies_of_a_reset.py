# 错误：一个客户端异常断线，整个服务器就出错退出
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 50007))
s.listen(5)
while True:
    conn, addr = s.accept()
    while True:
        data = conn.recv(1024)
        if not data:
            break
        print("recv from Alex:", addr, data.decode("utf-8", "replace"))
        answer = input(">>>")
        conn.sendall(answer.encode("utf-8"))
        print("send to alex:", answer)
    conn.close()
