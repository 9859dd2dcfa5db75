import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(('127.0.0.1', 9000))
for line in sys.stdin:
    line = line.rstrip('\n')
    if not line:
        continue
    s.send(line.encode())
    print('Received', s.recv(65536))
s.close()
