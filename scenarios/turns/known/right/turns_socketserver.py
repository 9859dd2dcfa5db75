# 一问一答（A3）：socketserver 的单线程服务器，一个处理完再处理下一个
import socketserver


class Talk(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            try:
                data = self.request.recv(4096)
            except ConnectionResetError:
                return
            if data == b"":
                return
            print("recv from Alex: %s %s" % (self.client_address, data.decode("utf-8", "replace")))
            line = input(">>>")
            try:
                self.request.sendall(line.encode())
            except OSError:
                return
            print("send to alex: " + line)


socketserver.TCPServer.allow_reuse_address = True
with socketserver.TCPServer(("", 9000), Talk) as server:
    server.serve_forever()
