# asyncio 聊天室；端口来自命令行，没有就用 10001；把每个人的字完整地解码（半个汉字留到下一次）
import asyncio
import codecs
import sys

writers = {}


async def serve(reader, writer):
    addr = writer.get_extra_info("peername")
    writers[addr] = writer
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        while True:
            data = await reader.read(1024)
            text = decoder.decode(data)
            if not data or text == "q":
                break
            if text:
                tell("\x1b[32m%s\x1b[0m： %s" % (addr, text), addr)
    except ConnectionError:
        pass
    del writers[addr]
    writer.close()
    tell("%s已经离开了" % (addr,), addr)


def tell(text, sender):
    for addr, writer in writers.items():
        if addr != sender:
            writer.write(text.encode())


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 10001
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    print("聊天室在", port, "端口")
    async with server:
        await server.serve_forever()


asyncio.run(main())
