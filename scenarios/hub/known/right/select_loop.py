# A chat room in one thread: select, non-blocking sockets, an output buffer per client. Asks in English.
import select
import socket

limit = int(input("Max clients: "))
mode = input("Mode (p2p or hub): ")
port = int(input("Port: "))

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", port))
listener.listen(128)
listener.setblocking(False)

names = {}      # socket -> name
outgoing = {}   # socket -> bytearray of what waits to be sent


def say(text, but=None):
    for sock in outgoing:
        if sock is not but:
            outgoing[sock] += text


def drop(sock):
    name = names.pop(sock)
    del outgoing[sock]
    sock.close()
    say(("\n* %s已经离开了\n" % name).encode())


while True:
    waiting = [s for s in outgoing if outgoing[s]]
    readable, writable, _ = select.select([listener] + list(names), waiting, [])
    for sock in readable:
        if sock is listener:
            conn, addr = listener.accept()
            conn.setblocking(False)
            names[conn] = "%s:%d" % addr
            outgoing[conn] = bytearray(b"Welcome, %d people are here\n" % len(names))
            say(b"* %s joined\n" % names[conn].encode(), but=conn)
            continue
        try:
            data = sock.recv(2048)
        except OSError:
            data = b""
        if data == b"" or data == b"q":
            drop(sock)
        else:
            say(b"[%s] " % names[sock].encode() + data, but=sock)
    for sock in writable:
        if sock not in outgoing:
            continue
        try:
            sent = sock.send(outgoing[sock])
            del outgoing[sock][:sent]
        except OSError:
            drop(sock)
