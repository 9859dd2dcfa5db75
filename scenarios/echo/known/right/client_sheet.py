# 实验A：客户端，空行重新输入
import socket

client = socket.socket()
client.connect(("127.0.0.1", 50007))
while True:
    try:
        line = input(">>>:").strip()
    except EOFError:
        break
    if not line:
        continue
    client.sendall(line.encode("utf-8"))
    data = client.recv(1024)
    if not data:
        break
    print("Received", data.decode("utf-8", "replace"))
client.close()
