# 错误：没有线程，发一句收一句，等键盘的时候收不到别人的话
import socket

print("请输入聊天服务器IP")
ip = input()
print("请输入聊天服务器端口")
port = int(input())
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
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
