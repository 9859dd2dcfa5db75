# socketserver 写的聊天室：处理类自己登记；端口写死 10001，只问人数
import socketserver
import threading

limit = int(input("请输入最大允许连接的客户端数量: "))
people = set()
people_lock = threading.Lock()


class Handler(socketserver.BaseRequestHandler):
    def setup(self):
        with people_lock:
            people.add(self)

    def others(self):
        with people_lock:
            return [p for p in people if p is not self]

    def tell(self, text):
        for other in self.others():
            try:
                other.request.sendall(text)
            except OSError:
                pass

    def handle(self):
        while True:
            try:
                data = self.request.recv(1024)
            except OSError:
                return
            if not data or data == b"q":
                return
            self.tell(b"%s says: %s" % (str(self.client_address).encode(), data))

    def finish(self):
        with people_lock:
            people.discard(self)
        self.tell("{}已经离开了".format(self.client_address).encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


with Server(("", 10001), Handler) as server:
    server.serve_forever()
