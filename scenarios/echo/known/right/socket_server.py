import socketserver


class EchoHandler(socketserver.BaseRequestHandler):
    def handle(self):
        print("{} wrote:".format(self.client_address))
        try:
            while True:
                data = self.request.recv(1024)
                if not data:
                    return
                print(data)
                self.request.sendall(data)
        except ConnectionResetError:
            print("{} is gone".format(self.client_address))


class EchoServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with EchoServer(("localhost", 12345), EchoHandler) as server:
        server.serve_forever()
