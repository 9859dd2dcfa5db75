# Mistake: strips blanks and line ends before it sends the text back, and answers nothing to a text of blanks.
import socket
import threading


def serve(conn):
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            conn.sendall(data.strip())
    except OSError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 2333))
s.listen(5)
print('服务器已开启')
while True:
    c, a = s.accept()
    threading.Thread(target=serve, args=(c,)).start()
