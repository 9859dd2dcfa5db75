# 错误：q 发出去了，可是接收线程还堵在 recv 里，程序结束不了
import codecs
import socket
import threading

print("请输入聊天服务器IP")
ip = input()
print("请输入聊天服务器端口")
port = int(input())
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((ip, port))
print(f"与{ip}连接建立成功，可以开始聊天了！（输入q断开连接）")


def receive():
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        try:
            data = s.recv(1024)
        except OSError:
            break
        if data:
            print(ip, ":", decoder.decode(data))
        else:
            threading.Event().wait()        # 服务器走了也不结束


threading.Thread(target=receive).start()
while True:
    text = input()
    s.sendall(text.encode())
    if text == "q":
        break
print("聊天已结束")
