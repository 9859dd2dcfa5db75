# asyncio 客户端；键盘在另一个线程里读
import asyncio
import codecs
import os
import sys


async def main():
    host = input("IP: ")
    port = int(input("端口号: "))
    reader, writer = await asyncio.open_connection(host, port)
    loop = asyncio.get_running_loop()

    async def show():
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            data = await reader.read(1024)
            if not data:
                return
            print(">>", decoder.decode(data))

    async def talk():
        while True:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            writer.write(line.rstrip("\n").encode())
            if line == "q\n":
                await writer.drain()
                return

    tasks = [asyncio.create_task(show()), asyncio.create_task(talk())]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    writer.close()
    print("聊天已结束", flush=True)
    os._exit(0)


asyncio.run(main())
