# Mistake: never waits, but asks its socket again and again.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
s.setblocking(False)
print('UDP 服务器已启动')
while True:
    try:
        data, addr = s.recvfrom(65535)
    except BlockingIOError:
        continue
    s.sendto(data.upper(), addr)
