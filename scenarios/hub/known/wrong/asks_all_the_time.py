# Mistake: never waits, but asks every socket again and again.
import socket

port = int(input("请输入聊天服务器端口: "))
mode = input("请输入服务器工作模式(p2p, hub): ")
max_clients = int(input("请输入最大允许连接的客户端数量: "))
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", port))
s.listen(max_clients + 20)
s.setblocking(False)
clients = {}
print("等待客户端的连接...")


def send(conn, text):
    while text:
        try:
            text = text[conn.send(text):]
        except BlockingIOError:
            pass
        except OSError:
            return


def tell(sender, text):
    for addr, conn in clients.items():
        if addr != sender:
            send(conn, text)


while True:
    try:
        conn, addr = s.accept()
        conn.setblocking(False)
        clients[addr] = conn
    except BlockingIOError:
        pass
    for addr, conn in list(clients.items()):
        try:
            data = conn.recv(65536)
        except BlockingIOError:
            continue
        except OSError:
            data = b""
        if not data or data == b"q":
            conn.close()
            del clients[addr]
            tell(addr, f"{addr}已离开聊天室\n".encode())
        else:
            tell(addr, f"{addr} : ".encode() + data)
