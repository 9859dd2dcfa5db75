# 错误：发送之前先把已经收到的“旧消息”扔掉
import socket

print("请输入聊天服务器IP")
ip = input()
print("请输入聊天服务器端口")
port = int(input())
s = socket.create_connection((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")
while True:
    try:
        line = input()
    except EOFError:
        line = "q"
    s.setblocking(False)
    try:
        s.recv(65536)
    except BlockingIOError:
        pass
    s.setblocking(True)
    s.sendall(line.encode())
    if line == "q":
        break
    data = s.recv(4096)
    if not data:
        break
    print(ip, ":", data.decode("utf-8", "replace"))
s.close()
print("聊天已结束")
