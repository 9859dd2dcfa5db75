import socketserver


class MyUDPHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        print("{} wrote: {}".format(self.client_address, data))
        sock.sendto(data.upper(), self.client_address)


if __name__ == "__main__":
    with socketserver.UDPServer(("localhost", 9999), MyUDPHandler) as server:
        server.serve_forever()
