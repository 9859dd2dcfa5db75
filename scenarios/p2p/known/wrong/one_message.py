# 错误：接收没有放在循环里，只显示第一句话
import codecs
import socket
import threading

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


def receive():
    data = conn.recv(1024)
    print(addr, ":", data.decode("utf-8", "ignore"))


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    try:
        conn.sendall(text.encode())
    except OSError:
        break
print("聊天已结束")
