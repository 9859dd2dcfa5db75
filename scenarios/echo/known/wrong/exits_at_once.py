# Mistake: defines main() and never calls it: the program ends at once.
import socket


def main():
    s = socket.socket()
    s.bind(('', 50007))
    s.listen(5)
    while True:
        conn, addr = s.accept()
        data = conn.recv(1024)
        conn.sendall(data)


if __name__ == 'main':
    main()
