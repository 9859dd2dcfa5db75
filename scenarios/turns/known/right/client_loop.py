# 客户端（A3）：问地址和端口，空行不发
import codecs
import socket
import sys

ip = input("服务器IP: ")
port = int(input("服务器端口: "))
s = socket.create_connection((ip, port))
decoder = codecs.getincrementaldecoder("utf-8")("replace")
print(">>>:", end="", flush=True)
for line in sys.stdin:
    line = line.strip()
    if line:
        s.sendall(line.encode())
        data = s.recv(1024)
        if len(data) == 0:
            break
        print("Received", decoder.decode(data))
    print(">>>:", end="", flush=True)
s.close()
