# 错误：消息前面写的是接收者的地址，而不是发送者的
import base64
import hashlib
import socket
import struct
import threading

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def read(conn, count):
    data = b""
    while len(data) < count:
        more = conn.recv(count - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


def handshake(conn):
    head = b""
    while b"\r\n\r\n" not in head:
        more = conn.recv(1024)
        if not more:
            raise ConnectionError("closed")
        head += more
    headers = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        if ":" in line:
            name, value = line.split(":", 1)
            headers[name.strip().lower()] = value.strip()
    key = headers.get("sec-websocket-key")
    if key is None:
        conn.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        raise ConnectionError("no websocket")
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    conn.sendall((
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " + accept + "\r\n\r\n"
    ).encode())


def read_frame(conn):
    first, second = read(conn, 2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack(">H", read(conn, 2))
    elif length == 127:
        (length,) = struct.unpack(">Q", read(conn, 8))
    mask = read(conn, 4)
    data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(read(conn, length)))
    return first >> 7, first & 0x0F, data


def frame(opcode, data):
    if len(data) < 126:
        head = struct.pack(">BB", 0x80 | opcode, len(data))
    elif len(data) < 65536:
        head = struct.pack(">BBH", 0x80 | opcode, 126, len(data))
    else:
        head = struct.pack(">BBQ", 0x80 | opcode, 127, len(data))
    return head + data


clients = {}
lock = threading.Lock()


def send(conn, data):
    with lock:
        conn.sendall(data)


def broadcast(sender, message):
    with lock:
        others = [(conn, addr) for conn, addr in clients.items() if conn is not sender]
    for conn, addr in others:
        try:
            send(conn, frame(1, f"{addr} : {message}".encode("utf-8")))
        except OSError:
            pass


def serve(conn, addr):
    try:
        handshake(conn)
        with lock:
            clients[conn] = addr
        kind, message = 0, b""
        while True:
            fin, opcode, data = read_frame(conn)
            if opcode == 8:
                send(conn, frame(8, data[:2]))
                break
            elif opcode == 9:
                send(conn, frame(10, data))
            elif opcode in (0, 1, 2):
                if opcode:
                    kind, message = opcode, b""
                message += data
                if fin:
                    text = message.decode("utf-8")
                    print(addr, ":", text)
                    broadcast(conn, text)
    except (OSError, UnicodeDecodeError) as error:
        print(addr, error)
    finally:
        with lock:
            clients.pop(conn, None)
        conn.close()


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 8765))
server.listen(5)
print("等待客户端的连接...")
while True:
    conn, addr = server.accept()
    threading.Thread(target=serve, args=(conn, addr), daemon=True).start()
