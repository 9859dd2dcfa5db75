# Mistake: never waits, but asks its connection and its keyboard again and again.
import codecs
import os
import select
import socket
import sys

ip = input("请输入服务器IP地址: ")
port = int(input("请输入服务器端口: "))
s = socket.socket()
s.connect((ip, port))
s.setblocking(False)
print("已连接到服务器")
decoder = codecs.getincrementaldecoder("utf-8")("replace")
typed = b""
while True:
    try:
        data = s.recv(65536)
        if not data:
            break
        print(decoder.decode(data), flush=True)
    except BlockingIOError:
        pass
    except OSError:
        break
    if not select.select([sys.stdin], [], [], 0)[0]:
        continue
    more = os.read(0, 65536)
    if not more:
        break
    typed += more
    quits = False
    while b"\n" in typed and not quits:
        line, typed = typed.split(b"\n", 1)
        s.setblocking(True)
        s.sendall(line)
        s.setblocking(False)
        quits = line == b"q"
    if quits:
        break
s.close()
