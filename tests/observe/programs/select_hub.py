"""One thread for all clients; what one says goes to the others."""
import select
import socket

server = socket.create_server(("", 9999))
clients = []
while True:
    ready, _, _ = select.select([server, *clients], [], [])
    for one in ready:
        if one is server:
            clients.append(server.accept()[0])
        elif data := one.recv(4096):
            for other in clients:
                if other is not one:
                    other.sendall(data)
        else:
            clients.remove(one)
            one.close()
