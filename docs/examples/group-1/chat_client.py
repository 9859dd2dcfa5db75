# 聊天客户端：主线程打字，另一个线程收消息
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
        while True:
            data = s.recv(1024)
            if not data:
                break
            text = decoder.decode(data)
            if text:
                print(f"{ip} : {text}")
    except OSError:
        pass
    print("聊天已结束", flush=True)
    os._exit(0)


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    try:
        s.sendall(text.encode("utf-8"))
        if text == "q":
            s.shutdown(socket.SHUT_RDWR)    # 收消息的线程因此结束整个程序
            threading.Event().wait()
    except OSError:
        pass
