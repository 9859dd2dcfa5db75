# Knows that an echo is as long as what was sent, and waits for all of it.
import socket


def main():
    ip = input('请输入服务器IP地址：')
    port = int(input('请输入服务器端口号：'))
    client = socket.create_connection((ip, port))
    print('连接成功')
    while True:
        try:
            line = input()
        except EOFError:
            break
        if line == '':
            continue
        message = line.encode()
        client.sendall(message)
        answer = b''
        while len(answer) < len(message):
            block = client.recv(512)
            if not block:
                print('服务器关闭了连接')
                return
            answer += block
        print('服务器回复：', answer.decode())
    client.close()


main()
