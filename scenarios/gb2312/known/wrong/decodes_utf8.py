# 错误：收到的GB2312当成UTF-8解码，汉字变成乱码
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 2333))
s.listen(5)
while True:
    conn, addr = s.accept()
    try:
        data = conn.recv(4096)
        if not data:
            conn.close()
            continue
        print("服务端收到客户端发来的消息:" + data.decode("utf-8", "replace"))
        conn.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        conn.sendall("<h1>你好，我是服务端</h1>".encode("gb2312"))
    except OSError:
        pass
    conn.close()
