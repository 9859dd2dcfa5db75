# Mistake: prints the text on the server's screen and sends nothing back.
import socket
import threading


def serve(conn, addr):
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            print('server recv:', addr, data.decode(errors='replace'), flush=True)
    except OSError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 50007))
s.listen(5)
while True:
    conn, addr = s.accept()
    threading.Thread(target=serve, args=(conn, addr)).start()
