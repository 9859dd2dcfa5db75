# 客户端（B2）：每句话前面加名字，exit 退出
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", 9998))
while True:
    try:
        text = input("请输入 >>> :")
    except EOFError:
        break
    if text == "exit":
        break
    client.sendall(("老王:" + text).encode("utf-8"))
    answer = client.recv(1024)
    if not answer:
        print("服务器已关闭")
        break
    print(answer.decode("utf-8", "replace"))
client.close()
