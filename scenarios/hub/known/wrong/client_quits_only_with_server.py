# 错误：发出 q 以后只等服务器来断开；服务器不断开，它就永远不结束
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
        if not data:
            break
        print(ip, ":", decoder.decode(data))


t = threading.Thread(target=receive)
t.start()
while t.is_alive():
    text = input()
    try:
        s.sendall(text.encode())
    except OSError:
        break
    if text == "q":
        t.join()        # 应该先 shutdown
s.close()
print("聊天已结束")
