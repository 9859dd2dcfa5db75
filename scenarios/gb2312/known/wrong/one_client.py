# 错误：只接待一个客户端，程序就结束了
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 2333))
s.listen(5)
conn, addr = s.accept()
data = conn.recv(4096)
print("服务端收到客户端发来的消息:" + data.decode("gb2312", "replace"))
conn.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
conn.sendall("<h1>你好，我是服务端</h1>".encode("gb2312"))
conn.close()
