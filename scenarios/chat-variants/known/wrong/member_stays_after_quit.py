# 错误：接收线程不是daemon，程序结束不了
import socket
import threading

ip = input("请输入聊天服务器IP\n")
port = int(input("请输入聊天服务器端口\n"))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 0))


def receive():
    while True:
        data, address = s.recvfrom(65535)
        print(address[0], ":", data.decode("utf-8", "replace"))


threading.Thread(target=receive).start()
print("可以开始聊天了！（输入q退出聊天）")
while True:
    line = input()
    s.sendto(line.encode(), (ip, port))
    if line == "q":
        break
print("聊天已结束")
