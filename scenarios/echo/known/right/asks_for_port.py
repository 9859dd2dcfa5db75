import codecs
from socket import *
from threading import Thread


class Client(Thread):
    def __init__(self, conn, addr):
        super().__init__(daemon=True)
        self.conn = conn
        self.addr = addr
        self.decoder = codecs.getincrementaldecoder('utf-8')('replace')

    def run(self):
        with self.conn:
            try:
                for data in iter(lambda: self.conn.recv(1024), b''):
                    print('%s 说: %s' % (self.addr, self.decoder.decode(data)))
                    self.conn.sendall(data)
            except OSError:
                pass
        print('%s 离开了' % (self.addr,))


ip = gethostbyname(gethostname())
print('本机地址：', ip)
print('请输入服务器端口')
port = int(input())
sock = socket(AF_INET, SOCK_STREAM)
sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
sock.bind((ip, port))
sock.listen()
print('开始监听')
while True:
    Client(*sock.accept()).start()
