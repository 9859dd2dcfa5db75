# Mistake: keeps its answers, by the length of the message: another one of that length gets the old answer.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 9000))
answers = {}
while True:
    data, addr = s.recvfrom(1024)
    answer = answers.setdefault(len(data), data.upper())
    s.sendto(answer, addr)
