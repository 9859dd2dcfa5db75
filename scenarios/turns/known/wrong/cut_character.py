# 错误：汉字被切成两段时 decode 出错，服务器退出
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
            print("recv from Alex:", addr, data.decode("utf-8"))
            answer = input(">>>")
            conn.sendall(answer.encode("utf-8"))
            print("send to alex:", answer)
    except ConnectionError:
        pass
    conn.close()
