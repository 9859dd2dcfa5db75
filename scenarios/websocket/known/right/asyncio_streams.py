# 服务器（C5，回声）：asyncio的流，每个客户端一个协程
import asyncio
import base64
import hashlib
import struct


async def handshake(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    key = ""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"sec-websocket-key":
            key = value.strip().decode()
    if not key:
        writer.write(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return False
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
        b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
    )
    return True


async def receive(reader):
    first, second = await reader.readexactly(2)
    length = second & 127
    if length > 125:
        wide = await reader.readexactly(2 if length == 126 else 8)
        length = int.from_bytes(wide, "big")
    mask = await reader.readexactly(4)
    data = bytearray(await reader.readexactly(length))
    for i in range(length):
        data[i] ^= mask[i & 3]
    return bool(first & 128), first & 15, bytes(data)


def pack(opcode, data):
    if len(data) <= 125:
        return bytes([128 | opcode, len(data)]) + data
    if len(data) <= 65535:
        return bytes([128 | opcode, 126]) + struct.pack("!H", len(data)) + data
    return bytes([128 | opcode, 127]) + struct.pack("!Q", len(data)) + data


async def client(reader, writer):
    try:
        talking = await handshake(reader, writer)
        parts = []
        while talking:
            last, opcode, data = await receive(reader)
            if opcode == 8:
                writer.write(pack(8, data))
                talking = False
            elif opcode == 9:
                writer.write(pack(10, data))
            elif opcode < 3:
                parts.append((opcode, data))
                if last:
                    message = b"".join(data for _, data in parts)
                    if parts[0][0] == 1:
                        message.decode()
                    writer.write(pack(parts[0][0], message))
                    parts = []
            await writer.drain()
    except UnicodeDecodeError:
        writer.write(pack(8, struct.pack("!H", 1007)))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(client, "127.0.0.1", 8765)
    async with server:
        await server.serve_forever()


asyncio.run(main())
