# 客户端（C1）：先连接再提问，下一条消息再连接一次
import socket


def connect():
    s = socket.socket()
    s.connect(("localhost", 2333))
    return s


s = connect()
while True:
    text = input(">>")
    if text == "":
        break
    s.send(text.encode("gbk"))
    answer = s.makefile("rb").read()
    print("客户端收到服务器回复的消息:%s" % answer.decode("gbk", "replace"))
    s.close()
    s = connect()
print("connect close..")
s.close()
