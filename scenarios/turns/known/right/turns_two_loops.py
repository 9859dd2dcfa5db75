# 一问一答（A3）：外层循环接待客户，内层循环一收一发
import codecs
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", 50007))
s.listen(5)
while True:
    conn, addr = s.accept()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            text = decoder.decode(data)
            if not text:
                continue
            print("recv from Alex:", addr, text)
            answer = input(">>>")
            conn.sendall(answer.encode("utf-8"))
            print("send to alex:", answer)
    except ConnectionError:
        pass
    conn.close()
