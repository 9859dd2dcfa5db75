from socket import *
import select
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 3214
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind((gethostbyname(gethostname()), port))
print('服务器地址', sock.getsockname())
running = True
while running:
    select.select([sock], [], [])
    message, client = sock.recvfrom(65535)
    if message.strip() == b'True':
        running = False
    else:
        sock.sendto(message, client)
print('服务器结束')
