# Mistake: a second thread for each client waits for work that never comes, and never ends.
import queue
import socket
import threading


def serve(conn):
    jobs = queue.Queue()
    threading.Thread(target=report, args=(jobs,), daemon=True).start()
    while True:
        try:
            data = conn.recv(1024)
        except OSError:
            break
        if not data:
            break
        jobs.put(len(data))
        conn.sendall(data)
    conn.close()


def report(jobs):
    while True:
        print('收到', jobs.get(), '字节')


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 9998))
s.listen(5)
print('聊天服务器上线了')
while True:
    conn, addr = s.accept()
    threading.Thread(target=serve, args=(conn,), daemon=True).start()
