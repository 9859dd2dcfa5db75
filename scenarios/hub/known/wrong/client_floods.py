# 错误：服务器断开以后 recv 一直返回空，屏幕被空消息刷满
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
over = False


def receive():
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while not over:
        try:
            data = s.recv(1024)
        except OSError:
            continue
        print(ip, ":", decoder.decode(data))


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    try:
        s.sendall(text.encode())
    except OSError:
        pass
    if text == "q":
        over = True
        s.close()
        print("聊天已结束", flush=True)
        os._exit(0)
