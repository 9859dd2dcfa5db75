# Mistake: cuts a line to 1024 bytes.
import socket

BUFSIZ = 1024
tcpCliSock = socket.socket()
tcpCliSock.connect(('localhost', 21567))
while True:
    data = input('> ')
    if not data:
        continue
    tcpCliSock.send(data.encode()[:BUFSIZ])
    data = tcpCliSock.recv(BUFSIZ)
    if not data:
        break
    print(data.decode(errors='replace'))
tcpCliSock.close()
