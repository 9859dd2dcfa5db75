import socket
import codecs

def main():
    sk = socket.socket()
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('0.0.0.0', 3214))
    sk.listen(5)
    conn, address = sk.accept()
    print('Client Address:', address)
    decode = codecs.getincrementaldecoder('utf-8')().decode
    text = ' '
    while True:
        data = conn.recv(1024)
        if data == b'':
            break
        text = decode(data)
        print('Recieve Data:', text)
        conn.sendall(text.encode())
    conn.close()
    sk.close()

if __name__ == '__main__':
    main()
