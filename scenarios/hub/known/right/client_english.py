# Asks in English, also for a nickname that only this screen shows.
import selectors
import socket
import sys

host = input("Server address: ")
port = int(input("Port: "))
name = input("Your name: ")
sock = socket.socket()
sock.connect((host, port))
print("Connected. Type q to leave.")
pending = b""
selector = selectors.DefaultSelector()
selector.register(sock, selectors.EVENT_READ)
selector.register(sys.stdin, selectors.EVENT_READ)
while True:
    done = False
    for key, _ in selector.select():
        if key.fileobj is sock:
            try:
                data = sock.recv(1024)
            except OSError:
                data = b""
            if not data:
                done = True
                break
            pending += data
            text = pending.decode("utf-8", "ignore")
            if text.encode() == pending:        # nothing is cut at the end
                print("\033[36m" + text + "\033[0m", flush=True)
                pending = b""
        else:
            line = sys.stdin.readline().rstrip("\n")
            print(name + "> " + line)
            sock.sendall(line.encode())
            if line == "q":
                done = True
                break
    if done:
        break
sock.close()
