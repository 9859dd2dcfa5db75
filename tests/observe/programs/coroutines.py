"""With an argument also something that sleeps all the time."""
import asyncio
import sys


async def serve(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()


async def tick(seconds):
    while True:
        await asyncio.sleep(seconds)


async def main():
    if len(sys.argv) > 1:
        ticking = asyncio.create_task(tick(float(sys.argv[1])))
    server = await asyncio.start_server(serve, "", 9999)
    await server.serve_forever()


asyncio.run(main())
