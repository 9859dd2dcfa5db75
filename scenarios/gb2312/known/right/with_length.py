# 服务器（C1）：用with管理连接，头部写明长度和编码，一次发出
import socket

PAGE = "<html><body><h2>欢迎光临</h2></body></html>".encode("gb2312")
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gb2312\r\nContent-Length: %d\r\n\r\n" % len(PAGE)

with socket.create_server(("0.0.0.0", 2333), backlog=5) as listener:
    while True:
        connection, address = listener.accept()
        with connection:
            try:
                request = connection.recv(2048)
                if request:
                    print("服务端收到客户端发来的消息:", request.decode("gb2312", errors="ignore"), sep="")
                    connection.sendall(HEAD.encode() + PAGE)
            except ConnectionError as trouble:
                print(trouble)
