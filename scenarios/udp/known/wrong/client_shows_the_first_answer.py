# Mistake: shows the first answer again and again: the later ones go into another variable.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
answer = None
while True:
    text = input('>>: ')
    if not text:
        continue
    s.sendto(text.encode('utf-8'), ('127.0.0.1', 9000))
    if answer is None:
        answer, addr = s.recvfrom(1024)
    else:
        anwser, addr = s.recvfrom(1024)
    print(answer.decode('utf-8'), addr)
