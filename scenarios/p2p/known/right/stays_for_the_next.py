# 对方没说 q 就断线时，回去等下一个人；端口来自命令行，没有就用 8888
import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
partner = None


def keyboard():
    for line in iter(input, None):
        if partner is None:
            print("还没有人连接")
            continue
        try:
            partner.sendall(line.encode())
        except OSError:
            print("没发出去")


with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", port))
    s.listen()
    threading.Thread(target=keyboard, daemon=True).start()
    goodbye = False
    while not goodbye:
        partner, addr = s.accept()
        print(addr, "来了")
        with partner:
            held = bytearray()
            while True:
                try:
                    data = partner.recv(1024)
                except OSError:
                    break
                goodbye = data == b"q"
                if goodbye or not data:
                    break
                held += data
                try:
                    print(held.decode())
                except UnicodeDecodeError:
                    if len(held) < 100000:
                        continue        # 半个汉字，等它的另一半
                held.clear()
        partner = None
        print(addr, "走了")
print("聊天已结束")
