# 每个客户端两个线程：一个收，一个从它自己的队列里取消息发给它，谁也不会拖住别人
import queue
import socket
import threading


class Client:
    def __init__(self, conn, addr):
        self.conn = conn
        self.addr = addr
        self.inbox = queue.Queue()


class ChatServer:
    def __init__(self):
        self.clients = {}
        self.lock = threading.Lock()

    def ask(self):
        # 先问人数，再问模式，最后问端口
        self.max_clients = int(input("请输入最大连接数量："))
        self.mode = input("请输入工作模式 p2p 或 hub：")
        self.port = int(input("请输入端口："))

    def broadcast(self, text, sender):
        with self.lock:
            for client in self.clients.values():
                if client is not sender:
                    client.inbox.put(text)

    def writer(self, client):
        while True:
            text = client.inbox.get()
            if text is None:
                return
            try:
                client.conn.sendall(text)
            except OSError:
                return

    def reader(self, client):
        prefix = ("%s : " % (client.addr,)).encode()
        while True:
            try:
                data = client.conn.recv(65536)
            except OSError:
                data = b""
            if data in (b"", b"q"):
                break
            self.broadcast(prefix + data, client)
        with self.lock:
            self.clients.pop(client.addr)
        client.inbox.put(None)
        self.broadcast(("%s已经离开了" % (client.addr,)).encode(), client)
        try:
            client.conn.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        client.conn.close()

    def run(self):
        self.ask()
        with socket.create_server(("", self.port), backlog=self.max_clients) as s:
            while True:
                conn, addr = s.accept()
                client = Client(conn, addr)
                with self.lock:
                    full = len(self.clients) >= self.max_clients
                    if not full:
                        self.clients[addr] = client
                if full:
                    conn.sendall("聊天室已满".encode())
                    conn.close()
                    continue
                threading.Thread(target=self.writer, args=(client,), daemon=True).start()
                threading.Thread(target=self.reader, args=(client,), daemon=True).start()


ChatServer().run()
