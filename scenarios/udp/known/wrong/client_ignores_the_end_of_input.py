# Mistake: catches every exception and goes on; the end of the input is an exception too.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        msg = input('>>: ')
        if not msg:
            continue
        client.sendto(msg.encode(), ('127.0.0.1', 9000))
        data, addr = client.recvfrom(1024)
        print(data.decode(errors='replace'), addr)
    except Exception as e:
        print('error:', e)
