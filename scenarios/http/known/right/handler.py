# 服务器（C6）：用http.server
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.wfile.write(self.answer())

    def answer(self):
        found = self.path == "/"
        body = ("<h1>你好</h1>" if found else "<h1>404</h1>").encode("utf-8")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body


ThreadingHTTPServer(("", 8080), Handler).serve_forever()
