import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 3214))
while True:
    data, addr = s.recvfrom(1024)
    if data == b'True':
        break
    print('Receive String:', data.decode(errors='replace'))
    s.sendto(data, addr)
s.close()
