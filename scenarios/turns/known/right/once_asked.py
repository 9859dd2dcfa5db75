# 一次对话（B1）：端口由用户输入，用文件接口收发
import socket

port = int(input("请输入端口："))
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("localhost", port))
s.listen()
conn, addr = s.accept()
print("客户端", addr[0], addr[1], "来了")
stream = conn.makefile("rwb", buffering=0)
message = stream.read(4096)
if message:
    print("他说：", message.decode("utf-8", errors="replace"))
    stream.write(input("你的回答：").encode("utf-8"))
stream.close()
conn.close()
