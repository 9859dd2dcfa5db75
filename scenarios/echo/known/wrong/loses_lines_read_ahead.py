# Mistake: reads and writes through one makefile('rw'); each write throws away the lines that were read ahead.
import socket
import threading


def answer(conn):
    with conn, conn.makefile('rw', encoding='utf-8', newline='\n') as f:
        try:
            for line in f:
                f.write(line)
                f.flush()
        except OSError as e:
            print('client lost:', e)


listener = socket.create_server(('127.0.0.1', 7007))
while True:
    conn, addr = listener.accept()
    print('hello,', addr)
    threading.Thread(target=answer, args=[conn]).start()
