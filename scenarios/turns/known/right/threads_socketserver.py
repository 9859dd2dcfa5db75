# 每个客户端一个线程（B2）：ThreadingTCPServer，几个线程轮流用键盘
import socketserver
import threading

keyboard = threading.Lock()


class Chat(socketserver.BaseRequestHandler):
    def setup(self):
        print("聊天服务器上线了", flush=True)

    def handle(self):
        try:
            for data in iter(lambda: self.request.recv(2048), b""):
                with keyboard:
                    print(data.decode("utf-8", "ignore"), flush=True)
                    answer = input("请输入 >>> :")
                self.request.sendall(answer.encode("utf-8"))
        except OSError:
            print("一个客户端关闭了连接", flush=True)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", 9998), Chat).serve_forever()
