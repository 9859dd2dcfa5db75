# Mistake: is told once that datagrams have come (edge-triggered epoll), and reads only one of them.
import select
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 9000))
sock.setblocking(False)
events = select.epoll()
events.register(sock, select.EPOLLIN | select.EPOLLET)
while True:
    events.poll()
    data, address = sock.recvfrom(1024)
    sock.sendto(data.upper(), address)
