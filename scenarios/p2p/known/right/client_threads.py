# 聊天客户端：主线程打字，另一个线程收消息
import codecs
import os
import socket
import threading

ip = input("请输入聊天服务器IP\n")
port = int(input("请输入聊天服务器端口\n"))
client = socket.socket()
client.connect((ip, port))
print("与" + ip + "连接建立成功，可以开始聊天了！（输入q断开连接）")


def receive():
    buffer = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        try:
            data = client.recv(1024)
        except OSError:
            data = b""
        if not data:
            print("服务器已断开", flush=True)
            os._exit(0)
        text = buffer.decode(data)
        if text:
            print(ip + " : " + text)


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    try:
        client.sendall(text.encode("utf-8"))
    except OSError:
        break
    if text == "q":
        break
print("聊天已结束", flush=True)
client.close()
os._exit(0)
