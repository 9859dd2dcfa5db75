# A chat server with asyncio, asking in English; a thread reads the keyboard. The quit word is bye.
import asyncio
import codecs
import threading


async def main():
    port = int(input("Which port? "))
    input("Mode (p2p, hub)? ")
    input("Max clients? ")
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def keyboard(writer):
        while True:
            line = input()
            loop.call_soon_threadsafe(writer.write, line.encode())

    async def chat(reader, writer):
        print("connected:", writer.get_extra_info("peername"))
        threading.Thread(target=keyboard, args=(writer,), daemon=True).start()
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while True:
                data = await reader.read(1000)
                text = decoder.decode(data)
                if not data or text == "bye":
                    break
                print("peer> " + text)
        except ConnectionError:
            pass
        writer.close()
        over.set()

    server = await asyncio.start_server(chat, "localhost", port)
    await over.wait()
    server.close()
    print("the end")


asyncio.run(main())
