// A goroutine for each client.
package main

import (
	"io"
	"net"
)

func main() {
	server, err := net.Listen("tcp", ":9999")
	if err != nil {
		panic(err)
	}
	for {
		client, err := server.Accept()
		if err != nil {
			panic(err)
		}
		go io.Copy(client, client)
	}
}
