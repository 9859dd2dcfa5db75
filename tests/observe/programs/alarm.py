"""Answers when its alarm rings."""
import signal
import socket
import sys


def ring(*_):
    connection.sendall(b"".join(heard))
    heard.clear()


heard = []
signal.signal(signal.SIGALRM, ring)
server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    heard.append(data)
    if sys.argv[1] == "alarm":
        signal.alarm(1)
    else:
        signal.setitimer(signal.ITIMER_REAL, 0.003)
