# 错误：不停地查询有没有新客户端，什么也不做时也占满处理器
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 2333))
s.listen(5)
while True:
    try:
        s.setblocking(False)
        conn, addr = s.accept()
        conn.setblocking(True)
    except BlockingIOError:
        continue
    try:
        data = conn.recv(4096)
        if not data:
            conn.close()
            continue
        print("服务端收到客户端发来的消息:" + data.decode("gb2312", "replace"))
        conn.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        conn.sendall("<h1>你好，我是服务端</h1>".encode("gb2312"))
    except OSError:
        pass
    conn.close()
