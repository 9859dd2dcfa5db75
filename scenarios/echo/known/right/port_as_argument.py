#!/usr/bin/env python3
import argparse
import os
import signal
import socket

parser = argparse.ArgumentParser(description='An echo server, one process per client')
parser.add_argument('port', type=int, nargs='?', default=3214)
parser.add_argument('--host', default='0.0.0.0')
args = parser.parse_args()

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((args.host, args.port))
    listener.listen(1)
    while True:
        conn, peer = listener.accept()
        if os.fork() == 0:
            listener.close()
            try:
                while True:
                    block = conn.recv(4096)
                    if not block:
                        break
                    conn.sendall(block)
            except OSError:
                pass
            conn.close()
            os._exit(0)
        conn.close()
