# 错误：发出q以后还在等回复
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
    s.sendall(line.encode())
    data = s.recv(4096)
    if line == "q":
        break
    if not data:
        break
    print(ip, ":", data.decode("utf-8", "replace"))
s.close()
print("聊天已结束")
