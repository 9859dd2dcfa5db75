import socket, struct, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while True:
    try: t = input("> ")
    except EOFError: break
    b = t.encode("gbk"); s.sendall(struct.pack(">I", len(b)) + b)
    h = s.recv(4); print("got", s.recv(struct.unpack(">I", h)[0]).decode("gbk"))
s.close()
