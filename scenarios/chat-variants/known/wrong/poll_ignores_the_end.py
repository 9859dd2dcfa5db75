# 错误：recv返回空也不跳出循环
import os
import select
import socket

print("请输入聊天服务器IP")
ip = input()
print("请输入聊天服务器端口")
port = int(input())
s = socket.create_connection((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")
running = True
while running:
    ready, _, _ = select.select([0, s], [], [])
    if s in ready:
        data = s.recv(4096)
        print(ip, ":", data.decode("utf-8", "replace"), flush=True)
    if 0 in ready:
        typed = os.read(0, 4096)        # 绕过input()的缓冲：select看不到缓冲里的东西
        lines = typed.decode().splitlines() or ["q"]
        for line in lines:
            s.sendall(line.encode())
            if line == "q":
                running = False
                break
s.close()
print("聊天已结束")
