import codecs
import socket
import threading

name = input('请输入您的昵称：')
ip = input('服务器IP：')
port = int(input('服务器端口：'))
sock = socket.create_connection((ip, port))


def receive():
    decoder = codecs.getincrementaldecoder('utf-8')('replace')
    while data := sock.recv(4096):
        print(decoder.decode(data), end='', flush=True)


receiver = threading.Thread(target=receive)
receiver.start()
while True:
    text = input()
    sock.sendall(text.encode())
    if text == 'q':
        break
sock.shutdown(socket.SHUT_RDWR)
receiver.join()
sock.close()
