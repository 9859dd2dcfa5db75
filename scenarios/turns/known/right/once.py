# 一次对话（B1）
import socket

with socket.create_server(("127.0.0.1", 9999)) as listener:
    print("---服务已经启动---")
    connection, address = listener.accept()
    with connection:
        print(f"客户端的地址 >>> : {address}")
        data = connection.recv(1024)
        if data:
            print(f"接收客户端的数据 >>> : {data.decode('utf-8')}")
            connection.sendall(input("请输入 >>> :").encode("utf-8"))
