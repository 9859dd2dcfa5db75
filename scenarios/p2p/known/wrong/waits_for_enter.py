# 错误：收到 q 以后接收线程结束了，主线程还停在 input() 里，要按一下回车程序才会结束
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
over = False


def receive():
    global over
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data or data == b"q":
            break
        print(addr, ":", decoder.decode(data))
    over = True
    print(f"({addr}已退出聊天")
    conn.close()


threading.Thread(target=receive).start()
while not over:
    text = input()
    if not over:
        conn.sendall(text.encode())
print("聊天已结束")
