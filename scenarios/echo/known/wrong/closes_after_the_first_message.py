# Mistake: closes the connection after the first answer.
import socketserver


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.data = self.request.recv(1024)
            self.request.sendall(self.data)
        except ConnectionResetError:
            pass


socketserver.ThreadingTCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(('127.0.0.1', 9999), Handler) as server:
    server.serve_forever()
