import socket


def main():
    host = input('Server IP: ')
    port = int(input('Server port: '))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while True:
        text = input('> ')
        if text:
            sock.sendto(text.encode(), (host, port))
            answer, _ = sock.recvfrom(1024)
            print(answer.decode())


main()
