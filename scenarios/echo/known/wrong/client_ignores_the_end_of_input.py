# Mistake: catches every exception and goes on; the end of the input is an exception too.
import socket

s = socket.socket()
s.connect(('127.0.0.1', 50007))
while True:
    try:
        line = input('>>>:')
        if not line:
            continue
        s.sendall(line.encode())
        data = s.recv(1024)
        if not data:
            break
        print('Received', data.decode(errors='replace'))
    except Exception as e:
        print('error:', e)
