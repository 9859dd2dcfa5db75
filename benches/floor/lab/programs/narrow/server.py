"""A server with room for a single waiting client, and slow to take it: 2 ms each."""
import socket
import sys
import time

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(1)
print("listening on", listener.getsockname()[1])
connections = []
while True:
    connection, _ = listener.accept()
    connections.append(connection)
    connection.sendall(b"welcome\n")
    time.sleep(0.002)
