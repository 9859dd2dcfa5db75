# 错误：消息前面写的是接收者的地址，而不是发送者的
import socket

port = int(input("请输入聊天服务器端口\n"))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", port))
print("等待消息...")
members = set()
while True:
    data, address = s.recvfrom(65535)
    if data == b"q":
        members.discard(address)
        print(address, "已退出聊天")
        continue
    members.add(address)
    if not data:
        continue
    print(address, ":", data.decode("utf-8", "replace"))
    for member in members:
        if member != address:
            s.sendto(f"{member} : ".encode() + data, member)
