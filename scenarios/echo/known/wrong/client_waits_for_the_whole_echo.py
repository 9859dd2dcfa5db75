# Mistake: collects the answer until it is as long as the line, and spins when the server closes before that.
import socket

s = socket.socket()
s.connect(('localhost', 3214))
while True:
    line = input('请输入：').encode()
    if not line:
        continue
    s.sendall(line)
    answer = b''
    while len(answer) < len(line):
        answer += s.recv(1024)
    print('收到：', answer.decode(errors='replace'))
