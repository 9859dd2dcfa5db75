"""Asks where the server is, sends what is typed, shows what comes; q ends it."""
import socket
import threading


def show():
    while data := connection.recv(1024):
        print(data.decode().rstrip("\n"))


ip = input("IP: ")
port = int(input("Port: "))
connection = socket.socket()
connection.connect((ip, port))
reader = threading.Thread(target=show)
reader.start()
while (text := input()) != "q":
    connection.sendall(f"{text}\n".encode())
connection.shutdown(socket.SHUT_RDWR)
reader.join()
