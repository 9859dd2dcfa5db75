# 错误：每次只发出前 8 个字节（像 C 语言里的 sizeof(指针)）
import codecs
import os
import socket
import threading

print("请输入聊天服务器IP")
ip = input()
print("请输入聊天服务器端口")
port = int(input())
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")


def receive():
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        for data in iter(lambda: s.recv(1024), b""):
            print(ip, ":", decoder.decode(data))
    except OSError:
        pass
    print("聊天已结束", flush=True)
    os._exit(0)


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    try:
        s.send(text.encode()[:8])
        if text == "q":
            s.shutdown(socket.SHUT_RDWR)
            threading.Event().wait()
    except OSError:
        pass
