# 错误：在每行前面加上名字
import base64
import os
import socket
import struct
import threading


def read(count):
    data = b""
    while len(data) < count:
        more = s.recv(count - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


def read_frame():
    first, second = read(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack(">H", read(2))
    elif length == 127:
        (length,) = struct.unpack(">Q", read(8))
    return first >> 7, first & 0x0F, read(length)


def send(opcode, data):
    if len(data) < 126:
        head = struct.pack(">BB", 0x80 | opcode, 0x80 | len(data))
    elif len(data) < 65536:
        head = struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, len(data))
    else:
        head = struct.pack(">BBQ", 0x80 | opcode, 0x80 | 127, len(data))
    mask = os.urandom(4)
    s.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))


def receive():
    message = b""
    try:
        while True:
            fin, opcode, data = read_frame()
            if opcode == 8:
                send(8, data[:2])
                break
            elif opcode == 9:
                send(10, data)
            elif opcode in (0, 1, 2):
                message += data
                if fin:
                    print("收到:", message.decode("utf-8", "replace"))
                    message = b""
    except OSError:
        pass
    print("连接已关闭")


s = socket.create_connection(("127.0.0.1", 8765))
key = base64.b64encode(os.urandom(16)).decode()
s.sendall((
    "GET / HTTP/1.1\r\n"
    "Host: 127.0.0.1:8765\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: " + key + "\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
).encode())
head = b""
while not head.endswith(b"\r\n\r\n"):
    head += read(1)
receiver = threading.Thread(target=receive)
receiver.start()
try:
    while True:
        send(1, ("老王:" + input()).encode("utf-8"))
except (EOFError, OSError):
    pass
try:
    send(8, struct.pack(">H", 1000))
except OSError:
    pass
receiver.join()
s.close()
