# 错误：没有线程，发一句收一句，等键盘的时候收不到对方的话
import socket

ip = input("请输入聊天服务器IP\n")
port = int(input("请输入聊天服务器端口\n"))
s = socket.socket()
s.connect((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")
while True:
    text = input()
    s.sendall(text.encode())
    if text == "q":
        break
    data = s.recv(1024)
    if not data:
        break
    print(ip, ":", data.decode("utf-8", "ignore"))
s.close()
print("聊天已结束")
