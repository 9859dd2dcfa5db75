"""Answers when a timer goes off; it and the connection are watched by one epoll descriptor."""
import ctypes
import os
import select
import socket
import struct

libc = ctypes.CDLL(None)
timer = libc.timerfd_create(1, 0)
server = socket.create_server(("", 9999))
connection, _ = server.accept()
watched = select.epoll()
watched.register(timer, select.EPOLLIN)
watched.register(connection, select.EPOLLIN)
heard = []
while True:
    for descriptor, _ in watched.poll():
        if descriptor == timer:
            os.read(timer, 8)
            connection.sendall(b"".join(heard))
            heard.clear()
        else:
            heard.append(connection.recv(4096))
            libc.timerfd_settime(timer, 0, struct.pack("qqqq", 0, 0, 0, 3_000_000), None)
