# Mistake: answers twice.
import socket

s = socket.create_server(("", 10001))
while True:
    conn, _ = s.accept()
    with conn:
        while data := conn.recv(1024):
            conn.sendall(data + data)
