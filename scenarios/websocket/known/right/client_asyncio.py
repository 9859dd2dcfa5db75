# 客户端（C5）：asyncio，键盘由另一个线程读
import asyncio
import base64
import os
import sys
import threading


def pack(opcode, data):
    if len(data) <= 125:
        head = bytes([128 | opcode, 128 | len(data)])
    elif len(data) <= 65535:
        head = bytes([128 | opcode, 254]) + len(data).to_bytes(2, "big")
    else:
        head = bytes([128 | opcode, 255]) + len(data).to_bytes(8, "big")
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i & 3] for i, byte in enumerate(data))


async def receive(reader, writer):
    parts = []
    try:
        while True:
            first, length = await reader.readexactly(2)
            if length > 125:
                length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
            data = await reader.readexactly(length)
            if first & 15 == 8:
                writer.write(pack(8, data))
                return
            if first & 15 == 9:
                writer.write(pack(10, data))
            elif first & 15 < 3:
                parts.append(data)
                if first & 128:
                    print(b"".join(parts).decode("utf-8"))
                    parts = []
    except (asyncio.IncompleteReadError, ConnectionError):
        pass


def keyboard(loop, lines):
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
    loop.call_soon_threadsafe(lines.put_nowait, None)


async def main():
    reader, writer = await asyncio.open_connection("localhost", 8765)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /chat HTTP/1.1\r\nhost: localhost\r\nconnection: keep-alive, Upgrade\r\nupgrade: WebSocket\r\n"
        f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    lines = asyncio.Queue()
    threading.Thread(target=keyboard, args=(asyncio.get_running_loop(), lines), daemon=True).start()
    receiver = asyncio.create_task(receive(reader, writer))
    while not receiver.done():
        line = asyncio.create_task(lines.get())
        await asyncio.wait([line, receiver], return_when=asyncio.FIRST_COMPLETED)
        if line.done() and line.result() is not None:
            writer.write(pack(1, line.result().encode()))
        elif line.done():
            writer.write(pack(8, b"\x03\xe8"))
            await receiver
    writer.close()


asyncio.run(main())
sys.stdout.flush()
# 后台线程可能正在input()里，正常退出有时会崩溃
os._exit(0)
