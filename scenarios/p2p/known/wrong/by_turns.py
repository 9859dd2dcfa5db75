# 错误：收一句、打一句，轮流进行；等键盘的时候收不到对方的话
import socket

print("请输入聊天服务器端口")
port = int(input())
print("请输入服务器工作模式(p2p, hub)")
mode = input()
print("请输入最大允许连接的客户端数量")
max_clients = int(input())
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients)
print("等待客户端的连接...")
conn, addr = s.accept()
print(f"({addr}已成功连接!")
while True:
    try:
        data = conn.recv(1024)
    except OSError:
        break
    if not data or data == b"q":
        break
    print(addr, ":", data.decode("utf-8", "ignore"))
    text = input()
    try:
        conn.sendall(text.encode())
    except OSError:
        break
conn.close()
print("聊天已结束")
