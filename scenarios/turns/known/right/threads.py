# 每个客户端一个线程（B2）
import codecs
import socket
import threading


def talk(conn):
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            text = decoder.decode(data)
            if not text:
                continue
            print(text)
            conn.sendall(input("请输入 >>> :").encode("utf-8"))
    except ConnectionResetError:
        print("一个客户端关闭了连接")
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9998))
s.listen(128)
while True:
    conn, addr = s.accept()
    print("聊天服务器上线了")
    threading.Thread(target=talk, args=(conn,)).start()
