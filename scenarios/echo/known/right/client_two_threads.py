import codecs
import socket
import threading

sock = socket.socket()
sock.connect(('127.0.0.1', 9998))
print('服务端连接成功')


def receive():
    decoder = codecs.getincrementaldecoder('utf-8')('replace')
    while True:
        try:
            data = sock.recv(1024)
        except OSError:
            break
        if not data:
            break
        print('服务器：' + decoder.decode(data))
    print('服务器已断开')


threading.Thread(target=receive, daemon=True).start()
try:
    while True:
        line = input('请输入 >>> :')
        if line:
            sock.send(line.encode('utf-8'))
except (EOFError, OSError):
    pass
sock.close()
print('bye')
