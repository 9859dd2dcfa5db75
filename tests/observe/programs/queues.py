"""Five threads and three queues between what comes and what goes."""
import queue
import socket
import threading

queues = [queue.Queue() for _ in range(3)]


def move(source, target):
    while True:
        target.put(source.get())


def send(connection):
    while True:
        connection.sendall(queues[2].get())


server = socket.create_server(("", 9999))
connection, _ = server.accept()
for source, target in [(0, 1), (0, 1), (1, 2)]:
    threading.Thread(target=move, args=(queues[source], queues[target]), daemon=True).start()
threading.Thread(target=send, args=(connection,), daemon=True).start()
while data := connection.recv(4096):
    queues[0].put(data)
