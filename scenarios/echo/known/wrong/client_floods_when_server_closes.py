# Mistake: its receiving thread does not notice that the server has closed, and prints empty answers for ever.
import socket
import threading

s = socket.socket()
s.connect(('127.0.0.1', 50007))


def receive():
    while True:
        try:
            data = s.recv(1024)
        except OSError:
            break
        print('Received', data.decode(errors='replace'))


receiver = threading.Thread(target=receive)
receiver.start()
while True:
    try:
        line = input()
    except EOFError:
        s.shutdown(socket.SHUT_WR)
        break
    if line:
        s.sendall(line.encode())
