# 错误：发送的内容后面多了一个换行，打印的话也不是指导书里的
import socket

client = socket.socket()
client.connect(("127.0.0.1", 50007))
while True:
    try:
        line = input("请输入：").strip()
    except EOFError:
        break
    if not line:
        continue
    client.sendall((line + "\n").encode("utf-8"))
    data = client.recv(1024)
    if not data:
        break
    print("回复：", data.decode("utf-8", "replace"))
client.close()
