# Mistake: is to answer in capitals, but throws the result of upper() away and sends the text back as it came.
import socket

phone = socket.socket()
phone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
phone.bind(('127.0.0.1', 8081))
phone.listen(5)
while True:
    conn, addr = phone.accept()
    print('来了个新客人', addr)
    while True:
        try:
            data = conn.recv(1024)
        except ConnectionResetError:
            break
        if not data:
            break
        data.upper()
        conn.sendall(data)
    conn.close()
