# 客户端：先显示服务器地址，再等键盘输入；显示地址不是在提问
import socket

server = ('127.0.0.1', 9000)
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind(('', 0))
print('服务器地址:', server)
print('本机的地址 >>> :', client.getsockname())
while True:
    text = input('>>> : ')
    if text:
        client.sendto(text.encode('utf-8'), server)
        data, addr = client.recvfrom(1024)
        print(data.decode('utf-8', errors='replace'), '来自地址', addr)
