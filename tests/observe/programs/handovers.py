"""Two that hand a word to and fro six hundred times before they answer: threads, or processes over TCP or UDP."""
import os
import queue
import socket
import sys
import threading

TIMES = 300


def threads():
    there, back = queue.Queue(), queue.Queue()

    def other():
        while True:
            back.put(there.get())

    threading.Thread(target=other, daemon=True).start()
    return there.put, back.get


def tcp():
    listener = socket.create_server(("127.0.0.1", 0))
    if os.fork() == 0:
        other = socket.create_connection(listener.getsockname())
        while data := other.recv(4096):
            other.sendall(data)
        os._exit(0)
    one, _ = listener.accept()
    return one.sendall, lambda: one.recv(4096)


def udp():
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    other.bind(("127.0.0.1", 0))
    one.connect(other.getsockname())
    other.connect(one.getsockname())
    if os.fork() == 0:
        while True:
            other.send(other.recv(4096))
    return one.send, lambda: one.recv(4096)


give, take = {"threads": threads, "tcp": tcp, "udp": udp}[sys.argv[1]]()
server = socket.create_server(("", 9999))
connection, _ = server.accept()
while data := connection.recv(4096):
    for _ in range(TIMES):
        give(data)
        data = take()
    connection.sendall(data)
