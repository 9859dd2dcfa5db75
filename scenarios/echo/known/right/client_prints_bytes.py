import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(('localhost', 3214))
while True:
    text = input('Input data: ')
    if len(text) == 0:
        continue
    s.send(text.encode())
    reply = s.recv(1024)
    if reply == b'':
        print('closed')
        break
    print('Received', repr(reply))
s.close()
