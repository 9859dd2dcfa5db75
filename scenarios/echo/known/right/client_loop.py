import socket

HOST = 'localhost'
PORT = 50007

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
    s.connect((HOST, PORT))
    while True:
        msg = input('>>>:').strip()
        if not msg:
            continue
        s.sendall(msg.encode())
        data = s.recv(1024)
        if not data:
            break
        print('Received', data.decode(errors='replace'))
