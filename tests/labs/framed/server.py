import socket, struct, sys, threading
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("192.168.7.9", 7777)); s.listen(1)
print("error stream", file=sys.stderr, flush=True)
def get(c, n):
    b = b""
    while len(b) < n:
        d = c.recv(n - len(b))
        if not d: return None
        b += d
    return b
def talk(c):
    while True:
        h = get(c, 4)
        if h is None: break
        b = get(c, struct.unpack(">I", h)[0])
        c.sendall(h + b)
    c.close()
while True:
    c, a = s.accept()
    threading.Thread(target=talk, args=(c,), daemon=True).start()
