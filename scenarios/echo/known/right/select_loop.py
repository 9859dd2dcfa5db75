import select
import socket

HOST = '127.0.0.1'
PORT = 9999

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((HOST, PORT))
server.listen(10)
inputs = [server]
print('Server is running on %s:%d' % (HOST, PORT))

while True:
    readable, _, _ = select.select(inputs, [], [])
    for s in readable:
        if s is server:
            conn, addr = s.accept()
            print('New connection from', addr)
            inputs.append(conn)
            continue
        try:
            data = s.recv(2048)
            if data:
                s.sendall(data)
                continue
        except OSError as e:
            print('Lost a client:', e)
        inputs.remove(s)
        s.close()
