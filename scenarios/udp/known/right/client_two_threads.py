import socket
import threading

SERVER = ('localhost', 9000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('', 0))


def receive():
    while True:
        data, addr = sock.recvfrom(2048)
        print('\n来自', addr, '的回复:', data.decode('utf-8', 'replace'))


threading.Thread(target=receive, daemon=True).start()
while True:
    try:
        line = input('请输入: ')
    except EOFError:
        break
    if line != '':
        sock.sendto(line.encode('utf-8'), SERVER)
