"""A chat room: every line goes to everyone but its sender; q leaves. With --nodelay it switches Nagle's algorithm off."""
import socket
import sys
import threading

clients = {}
lock = threading.Lock()


def tell(text, but=None):
    with lock:
        for address, connection in clients.items():
            if address != but:
                # In two pieces, as students do: the second waits for the acknowledgement of the first (RFC 896).
                connection.sendall(f"{but} : ".encode())
                connection.sendall(f"{text}\n".encode())


def serve(connection, address):
    with lock:
        clients[address] = connection
    connection.sendall(b"welcome\n")
    for line in connection.makefile(encoding="utf-8"):
        text = line.rstrip("\n")
        if text == "q":
            break
        tell(text, but=address)
    with lock:
        del clients[address]
    connection.close()
    tell("left", but=address)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
print("listening on", listener.getsockname()[1])
while True:
    connection, address = listener.accept()
    if "--nodelay" in sys.argv:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=serve, args=(connection, address), daemon=True).start()
