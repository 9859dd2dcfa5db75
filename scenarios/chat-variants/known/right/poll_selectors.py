# 单线程：selectors模块，键盘的缓冲自己处理
import codecs
import os
import selectors
import socket

print("请输入聊天服务器IP")
ip = input()
print("请输入聊天服务器端口")
port = int(input())
s = socket.create_connection((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")
os.set_blocking(0, False)
s.setblocking(False)
selector = selectors.DefaultSelector()
selector.register(s, selectors.EVENT_READ, "net")
selector.register(0, selectors.EVENT_READ, "key")
decoder = codecs.getincrementaldecoder("utf-8")("replace")
rest = b""
over = False
while not over:
    for key, _ in selector.select():
        if key.data == "net":
            data = s.recv(2048)
            if not data:
                over = True
                break
            print(decoder.decode(data), end="", flush=True)
        else:
            typed = os.read(0, 1024)
            if not typed:
                typed = b"q\n"
            rest += typed
            *lines, rest = rest.split(b"\n")
            for line in lines:
                s.sendall(line)
                if line == b"q":
                    over = True
                    break
s.close()
print("聊天已结束")
