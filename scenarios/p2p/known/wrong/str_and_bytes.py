# 错误：拿 bytes 和字符串 "q" 比较，永远不相等，对方输入 q 时只当成普通消息
import codecs
import os
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


def typing():
    while True:
        text = input()
        try:
            conn.sendall(text.encode())
        except OSError:
            return


threading.Thread(target=typing, daemon=True).start()
decoder = codecs.getincrementaldecoder("utf-8")("replace")
while True:
    try:
        data = conn.recv(1024)
    except OSError:
        break
    if not data or data == "q":
        break
    print(addr, ":", decoder.decode(data))
print(f"({addr}已退出聊天")
conn.close()
print("聊天已结束", flush=True)
# 后台线程可能正在input()里，正常退出有时会崩溃
os._exit(0)
