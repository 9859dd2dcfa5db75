# 服务器（C1）：socketserver，端口由用户输入
import socketserver


class Answer(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            message = self.request.recv(1024)
            if not message:
                return
            print(f"{self.client_address} 说：{message.decode('gbk', 'replace')}")
            self.wfile.write(b"HTTP/1.0 200 OK\n\n")
            self.wfile.write("<h1>收到</h1>".encode("gbk"))
        except OSError:
            pass


port = int(input("请输入端口: "))
socketserver.TCPServer.allow_reuse_address = True
socketserver.TCPServer(("", port), Answer).serve_forever()
