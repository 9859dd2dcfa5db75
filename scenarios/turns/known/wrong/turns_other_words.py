# 错误：打印的话和实验指导书不一样（少了客户端的地址）
import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 50007))
s.listen(5)
while True:
    conn, addr = s.accept()
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            print("recv from Alex:", data.decode("utf-8", "replace"))
            answer = input(">>>")
            conn.sendall(answer.encode("utf-8"))
            print("send to alex:", answer)
    except ConnectionError:
        pass
    conn.close()
