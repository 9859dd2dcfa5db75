"""Answers when a timer of timer_create(2) sends its signal."""
import ctypes
import signal
import socket
import struct

librt = ctypes.CDLL("librt.so.1")
timer = ctypes.c_void_p()
heard = []


def ring(*_):
    connection.sendall(b"".join(heard))
    heard.clear()


signal.signal(signal.SIGALRM, ring)
assert librt.timer_create(1, None, ctypes.byref(timer)) == 0
server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    heard.append(data)
    librt.timer_settime(timer, 0, struct.pack("qqqq", 0, 0, 0, 3_000_000), None)
