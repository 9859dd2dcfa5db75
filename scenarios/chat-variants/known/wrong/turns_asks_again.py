# 错误：服务器关闭后，recv返回空，还一直再收
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
    if line == "q":
        break
    data = s.recv(4096)
    while not data:
        data = s.recv(4096)
    print(ip, ":", data.decode("utf-8", "replace"))
s.close()
print("聊天已结束")
