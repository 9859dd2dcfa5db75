import socket
import threading


def answer(sock, data, addr):
    text = data.decode('utf-8', errors='ignore')
    print('收到', addr, '的消息:', text)
    sock.sendto(text.upper().encode('utf-8'), addr)


def main():
    port = int(input('请输入服务器端口: '))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(('', port))
    print('等待客户端的消息...')
    while True:
        data, addr = sock.recvfrom(4096)
        threading.Thread(target=answer, args=(sock, data, addr)).start()


if __name__ == '__main__':
    main()
