import socket
import threading


def answer(conn):
    lines = conn.makefile('r', encoding='utf-8', newline='\n')
    try:
        for line in lines:
            conn.sendall(line.encode())
    except OSError as e:
        print('client lost:', e)
    lines.close()
    conn.close()


listener = socket.create_server(('127.0.0.1', 7007))
while True:
    conn, addr = listener.accept()
    print('hello,', addr)
    threading.Thread(target=answer, args=[conn]).start()
