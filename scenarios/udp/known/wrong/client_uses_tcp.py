# Mistake: a TCP client where UDP is asked for.
import socket

client = socket.socket()
client.connect(('127.0.0.1', 9000))
while True:
    msg = input('>>: ')
    if not msg:
        continue
    client.send(msg.encode())
    print(client.recv(1024).decode())
