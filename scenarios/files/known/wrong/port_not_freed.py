# 错误：没有设置SO_REUSEADDR
import os
import socket
import threading

s = socket.socket()
s.bind(("127.0.0.1", 2333))
s.listen(5)
print("文件服务器已启动")


def serve(conn, peer):
    try:
        with conn, conn.makefile("rb") as stream:
            size, name = stream.readline().decode().rstrip("\n").split(" ", 1)
            left = int(size)
            with open("." + name + ".part", "wb") as file:
                while left:
                    block = stream.read(min(left, 65536))
                    if not block:
                        print(peer, "中断了")
                        return
                    file.write(block)
                    left -= len(block)
            os.replace("." + name + ".part", name)
            conn.sendall(b"OK\n")
            print(peer, "传来", name, size, "字节")
    except (OSError, ValueError) as error:
        print(peer, error)


while True:
    conn, peer = s.accept()
    threading.Thread(target=serve, args=(conn, peer), daemon=True).start()
