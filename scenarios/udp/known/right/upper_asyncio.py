import asyncio


class Upper(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        print('Received', len(data), 'bytes from', addr)
        if data:
            self.transport.sendto(data.upper(), addr)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Upper, local_addr=('127.0.0.1', 12000))
    await loop.create_future()


asyncio.run(main())
