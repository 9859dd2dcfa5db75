# 绑定本机名的地址，端口写死；两个线程，收到 q 以后用 os._exit 结束
import codecs
import os
import socket
import threading

HOST = socket.gethostbyname(socket.gethostname())
PORT = 9999


def receiver(conn, addr):
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    while True:
        try:
            data = conn.recv(2048)
        except ConnectionError as e:
            print("连接断开：", e)
            data = b""
        word = decode(data)
        if data == b"" or word == "q":
            print("对方已退出")
            conn.shutdown(socket.SHUT_RDWR) if word == "q" else None
            print("bye", flush=True)
            os._exit(0)
        print("\033[34m对方说：" + word + "\033[0m")


def main():
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((HOST, PORT))
    sock.listen(5)
    print("在 %s:%d 等待" % (HOST, PORT))
    conn, addr = sock.accept()
    threading.Thread(target=receiver, args=(conn, addr)).start()
    while True:
        line = input("我：")
        try:
            conn.send(line.encode("utf-8"))
        except OSError:
            os._exit(0)


main()
