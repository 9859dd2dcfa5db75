# 用 poll 同时等键盘和连接，屏幕上不加任何东西
import select
import socket
import sys

address = input("服务器地址：")
port = int(input("服务器端口："))
sock = socket.create_connection((address, port))
p = select.poll()
p.register(sock, select.POLLIN)
p.register(sys.stdin, select.POLLIN)
word = ""
while word != "q":
    for fd, event in p.poll():
        if fd == sock.fileno():
            try:
                data = sock.recv(10000)
            except ConnectionResetError:
                data = b""
            if not data:
                sys.exit("服务器不见了")
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            word = sys.stdin.readline().rstrip("\n")
            sock.sendall(word.encode())
sock.close()
