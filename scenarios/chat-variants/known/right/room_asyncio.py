# UDP聊天室：asyncio的数据报协议
import asyncio


class Room(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
        self.members = {}

    def datagram_received(self, data, address):
        if data == b"q":
            name = self.members.pop(address, None)
            for member in self.members:
                self.transport.sendto(f"{name}已经离开了".encode(), member)
            return
        name = self.members.setdefault(address, f"用户{len(self.members) + 1}")
        for member in self.members:
            if data and member != address:
                self.transport.sendto(name.encode() + "说：".encode() + data, member)


async def main(port):
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Room, local_addr=("127.0.0.1", port))
    await asyncio.Event().wait()


asyncio.run(main(int(input("端口: "))))
