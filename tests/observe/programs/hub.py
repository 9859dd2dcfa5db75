"""A thread for each client; what one says goes to the others."""
import socket
import threading

clients = []
lock = threading.Lock()


def serve(client):
    while data := client.recv(4096):
        with lock:
            others = [other for other in clients if other is not client]
        for other in others:
            other.sendall(data)


server = socket.create_server(("", 9999))
while True:
    client, _ = server.accept()
    with lock:
        clients.append(client)
    threading.Thread(target=serve, args=(client,), daemon=True).start()
