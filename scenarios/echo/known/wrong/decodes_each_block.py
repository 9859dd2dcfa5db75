# Mistake: decodes each block by itself; a character cut between two blocks raises UnicodeDecodeError and ends the thread.
import socket
import threading


def serve(conn, addr):
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            text = data.decode('utf-8')
            print('收到', addr, text)
            conn.sendall(text.encode('utf-8'))
    except ConnectionResetError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 50007))
s.listen(5)
while True:
    conn, addr = s.accept()
    threading.Thread(target=serve, args=(conn, addr)).start()
