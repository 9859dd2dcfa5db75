# 错误：头部各行只以\n结束
import socket
import threading

PAGE = "<!DOCTYPE html><html><meta charset='utf-8'><h1>你好，浏览器！</h1></html>"


def answer(status, page):
    body = page.encode("utf-8")
    head = (
        f"HTTP/1.1 {status}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.replace("\r\n", "\n").encode(), body


def serve(conn, addr):
    try:
        request = b""
        while b"\r\n\r\n" not in request:
            more = conn.recv(1024)
            if not more:
                return
            request += more
        words = request.split(b"\r\n")[0].decode("latin-1").split(" ")
        print(addr, words)
        if len(words) != 3:
            head, body = answer("400 Bad Request", "<h1>?</h1>")
        elif words[1] != "/":
            head, body = answer("404 Not Found", "<h1>没有这个页面</h1>")
        else:
            head, body = answer("200 OK", PAGE)
        if words[0] == "HEAD":
            body = b""
        conn.sendall(head + body)
    except OSError as error:
        print(addr, error)
    finally:
        conn.close()


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 8080))
server.listen(5)
print("服务器已启动")
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
