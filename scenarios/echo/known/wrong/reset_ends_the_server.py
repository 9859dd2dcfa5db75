# Mistake: ConnectionResetError is not caught; a client that is killed ends the whole server.
import select
import socket

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('localhost', 10000))
server.listen(5)
inputs = [server]
while inputs:
    readable, _, _ = select.select(inputs, [], inputs)
    for s in readable:
        if s is server:
            connection, client_address = s.accept()
            print('new connection from', client_address)
            inputs.append(connection)
        else:
            data = s.recv(1024)
            if data:
                s.sendall(data)
            else:
                inputs.remove(s)
                s.close()
