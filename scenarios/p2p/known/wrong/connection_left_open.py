# 错误：收到 q 以后只是不再接收，连接没有关闭，程序也不结束
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
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        print(addr, ":", decoder.decode(data))
    print(f"({addr}已退出聊天")


threading.Thread(target=receive).start()
while True:
    text = input()
    try:
        conn.sendall(text.encode())
    except OSError:
        break
print("聊天已结束")
