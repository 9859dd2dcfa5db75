# 聊天室：谁离开了不通知别人；监听地址写死为 127.0.0.1
from socket import *
from threading import Thread, RLock

port = int(input("端口: "))
mode = input("模式(p2p/hub): ")
limit = int(input("最大人数: "))

s = socket(AF_INET, SOCK_STREAM)
s.setsockopt(SOL_SOCKET, SO_REUSEADDR, True)
s.bind(("127.0.0.1", port))
s.listen(limit)
print("服务器已启动")
room = []
guard = RLock()


def one_client(c, a):
    while True:
        try:
            msg = c.recv(4096)
        except ConnectionError:
            break
        if not msg or msg.strip() == b"q":
            break
        with guard:
            others = [x for x in room if x is not c]
        for x in others:
            try:
                x.send(("%s:%d说：" % a).encode() + msg)
            except OSError:
                print("发送失败", x)
    with guard:
        room.remove(c)
    c.close()


while True:
    c, a = s.accept()
    with guard:
        room.append(c)
    Thread(target=one_client, args=(c, a)).start()
