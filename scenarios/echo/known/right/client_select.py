import select
import socket
import sys

client = socket.socket()
client.connect(('127.0.0.1', 6000))
while True:
    ready, _, _ = select.select([client, sys.stdin], [], [])
    if client in ready:
        try:
            data = client.recv(4096)
        except ConnectionResetError:
            sys.exit('connection reset')
        if not data:
            sys.exit('server closed')
        sys.stdout.buffer.write(b'< ' + data + b'\n')
        sys.stdout.flush()
    if sys.stdin in ready:
        line = sys.stdin.readline()
        if not line:
            break
        if line.rstrip('\n'):
            client.sendall(line.encode())
client.close()
