# 退出口令是 exit；先起线程，线程自己登记
import socket
import threading


class Room:
    def __init__(self):
        self.members = {}
        self.lock = threading.Lock()

    def say(self, who, what):
        with self.lock:
            targets = [c for a, c in self.members.items() if a != who]
        for c in targets:
            try:
                c.sendall(what)
            except OSError:
                pass

    def member(self, conn, addr):
        with conn:
            with self.lock:
                self.members[addr] = conn
            try:
                for data in iter(lambda: conn.recv(1024), b""):
                    if data.decode("utf-8", "ignore").strip() == "exit":
                        break
                    self.say(addr, b"%s: %s" % (repr(addr).encode(), data))
            except ConnectionError as e:
                print(addr, e)
            with self.lock:
                del self.members[addr]
            self.say(addr, "{}已经离开了".format(addr).encode())


def main():
    print("请输入聊天服务器端口")
    port = int(input(">>> "))
    print("请输入服务器工作模式(p2p, hub)")
    input(">>> ")
    print("请输入最大允许连接的客户端数量")
    limit = int(input(">>> "))
    room = Room()
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("localhost", port))
    s.listen(limit)
    while True:
        threading.Thread(target=room.member, args=s.accept(), daemon=True).start()


main()
