# Mistake: decodes each block by itself; a character cut between two blocks raises UnicodeDecodeError and ends the client.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(('127.0.0.1', 9999))
while True:
    msg = input('请输入 >>> :')
    if msg == '':
        continue
    client.send(msg.encode('utf-8'))
    data = client.recv(1024)
    if not data:
        break
    print('接收服务端的数据 >>> :', data.decode('utf-8'))
client.close()
