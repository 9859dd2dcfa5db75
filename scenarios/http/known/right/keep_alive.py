# 服务器（C6）：一个连接上可以有多个请求，分块发送正文
import asyncio


async def client(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            words = head.split(b"\r\n")[0].split(b" ")
            if len(words) != 3:
                writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                break
            status = b"200 OK" if words[1] == b"/" else b"404 Not Found"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n")
            if words[0] != b"HEAD":
                for part in ("<h1>你好，", "浏览器！</h1>"):
                    part = part.encode()
                    writer.write(b"%x\r\n%s\r\n" % (len(part), part))
                writer.write(b"0\r\n\r\n")
            await writer.drain()
            if b"connection: close" in head.lower():
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(client, "127.0.0.1", 8080)
    await server.serve_forever()


asyncio.run(main())
