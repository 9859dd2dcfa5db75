# 只问端口，服务器就在本机；打字的是后台线程，主线程收消息
import codecs
import os
import socket
import sys
import threading

port = int(input("请输入端口号："))
s = socket.socket()
s.connect(("127.0.0.1", port))


def typing():
    while True:
        try:
            line = input()
        except EOFError:
            line = "q"
        try:
            s.sendall(line.encode())
        except OSError:
            return
        if line == "q":
            s.shutdown(socket.SHUT_RDWR)
            return


threading.Thread(target=typing, daemon=True).start()
decoder = codecs.getincrementaldecoder("utf-8")()
while True:
    try:
        data = s.recv(2048)
    except OSError:
        break
    if not data:
        break
    sys.stdout.write("收到：" + decoder.decode(data) + "\n")
    sys.stdout.flush()
s.close()
print("聊天已结束", flush=True)
# 后台线程可能正在input()里，正常退出有时会崩溃
os._exit(0)
