# Mistake: sends as many bytes as the text has characters: 2 of the 6 bytes of a greeting in Chinese.
import codecs
import socket
import threading


def serve(conn):
    decoder = codecs.getincrementaldecoder('utf-8')('replace')
    try:
        while True:
            data = conn.recv(4096)
            if not data:
                break
            text = decoder.decode(data)
            conn.sendall(text.encode()[:len(text)])
    except OSError:
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 3214))
s.listen(5)
while True:
    c, a = s.accept()
    print('Client Address:', a)
    threading.Thread(target=serve, args=(c,)).start()
