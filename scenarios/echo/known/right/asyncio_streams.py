import asyncio


async def handle(reader, writer):
    addr = writer.get_extra_info('peername')
    print(f'{addr} connected')
    try:
        while True:
            data = await reader.read(100)
            if not data:
                break
            writer.write(data)
            await writer.drain()
    except ConnectionError as e:
        print(f'{addr}: {e}')
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(handle, '127.0.0.1', 8888)
    async with server:
        await server.serve_forever()


asyncio.run(main())
