# 错误：发出 q 以后循环没有结束，客户端还在等键盘
import codecs
import socket
import threading

ip = input("请输入聊天服务器IP\n")
port = int(input("请输入聊天服务器端口\n"))
s = socket.socket()
s.connect((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")


def receive():
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        try:
            data = s.recv(1024)
        except OSError:
            break
        if not data:
            break
        print(ip, ":", decoder.decode(data))


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    s.sendall(text.encode())
    if text == "q\n":
        break
print("聊天已结束")
