# Mistake: a thread accepts everybody at once; they are served one after another all the same.
import queue
import socket
import threading

waiting = queue.Queue()


def accept(listener):
    while True:
        waiting.put(listener.accept())


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 9998))
listener.listen(5)
threading.Thread(target=accept, args=(listener,), daemon=True).start()
while True:
    conn, address = waiting.get()
    while True:
        try:
            data = conn.recv(1024)
            if not data:
                break
            print(f"recv from Alex: {address} {data.decode(errors='replace')}")
            conn.sendall(input(">>>").encode())
        except ConnectionError:
            break
    conn.close()
