//! E4: the client by turns, and the chat over UDP. The client by poll is tested with that of E1.

use std::net::UdpSocket;

use crate::stage::{Peer, Running, free_port, listener, python_address, start, udp_socket};

#[test]
fn a_client_by_turns_shows_only_what_comes_when_it_listens() {
    let (listener, port) = listener();
    let mut client = start!("chat-turns-client", "--host", "127.0.0.1", "--port", port);
    let mut server = Peer::accept(&listener);
    client.shows("与127.0.0.1连接建立成功，可以开始聊天了！（输入q断开连接）\n");
    server.sends("early");
    client.types("");
    client.types("一");
    server.gets("一");
    client.shows("127.0.0.1 : early\n");
    // Now it waits for the keyboard: nothing of this is seen before the next line is typed.
    server.sends("unseen");
    client.types("二");
    server.gets("二");
    client.shows("127.0.0.1 : unseen\n");
    // Two lines in a row: the second waits until the first is answered.
    client.types("三");
    client.types("四");
    server.gets("三");
    server.sends("answer");
    client.shows("127.0.0.1 : answer\n");
    server.gets("四");
    server.sends("answer");
    client.shows("127.0.0.1 : answer\n");
    client.types("q");
    server.gets("q");
    server.sees_the_end();
    client.shows("聊天已结束\n");
    client.ends(0);
}

#[test]
fn a_client_by_turns_ends_with_its_server_and_with_its_input() {
    let (first, port) = listener();
    let mut client = start!("chat-turns-client");
    client.shows("请输入聊天服务器IP\n");
    client.types("127.0.0.1");
    client.shows("请输入聊天服务器端口\n");
    client.types(&port.to_string());
    let server = Peer::accept(&first);
    client.shows_line();
    client.types("x");
    server.resets();
    client.shows("聊天已结束\n");
    client.ends(0);

    let (second, port) = listener();
    let mut client = start!("chat-turns-client", "--host", "127.0.0.1", "--port", port);
    let mut server = Peer::accept(&second);
    client.shows_line();
    client.ends_input();
    server.gets("q");
    server.sees_the_end();
    client.shows("聊天已结束\n");
    client.ends(0);
}

/// A room, and the first in it.
fn room(places: usize) -> (Running, u16, UdpSocket) {
    let port = free_port();
    let mut server = start!("udp-chat-server", "--port", port, "--max", places);
    let alice = member(port);
    // Until somebody receives, what is sent is lost, and the kernel says so at a later call.
    while server.has_shown_nothing() {
        let _ = alice.send(b"");
        std::thread::yield_now();
    }
    server.shows(&format!("{}加入了聊天\n", name(&alice)));
    (server, port, alice)
}

fn member(port: u16) -> UdpSocket {
    let socket = udp_socket(0);
    socket.connect(("127.0.0.1", port)).unwrap();
    socket
}

fn name(socket: &UdpSocket) -> String {
    python_address(socket.local_addr().unwrap())
}

fn gets(socket: &UdpSocket, expected: &str) {
    let mut buffer = vec![0; 70_000];
    let length = socket.recv(&mut buffer).unwrap();
    assert_eq!(String::from_utf8_lossy(&buffer[..length]), expected);
}

#[test]
fn a_room_over_udp_passes_messages_to_all_others() {
    let (mut server, port, alice) = room(3);
    let [bob, carol, dave] = [member(port), member(port), member(port)];
    for socket in [&bob, &carol] {
        socket.send(b"").unwrap();
        server.shows(&format!("{}加入了聊天\n", name(socket)));
    }
    // No place is left.
    dave.send(b"from dave").unwrap();
    bob.send("你好".as_bytes()).unwrap();
    server.shows(&format!("{} : 你好\n", name(&bob)));
    for socket in [&alice, &carol] {
        gets(socket, &format!("{} : 你好", name(&bob)));
    }
    // Too long with the address in front: lost, and the room goes on.
    alice.send(&vec![b'x'; 65507]).unwrap();
    server.shows_line();
    alice.send(b"q").unwrap();
    server.shows(&format!("{}已经离开了\n", name(&alice)));
    gets(&bob, &format!("{}已经离开了", name(&alice)));
    gets(&carol, &format!("{}已经离开了", name(&alice)));
    dave.send(b"now").unwrap();
    server.shows(&format!("{0}加入了聊天\n{0} : now\n", name(&dave)));
    gets(&bob, &format!("{} : now", name(&dave)));
    carol.send(b"only once").unwrap();
    // Nobody got his own words back, and alice got nothing more.
    gets(&dave, &format!("{} : only once", name(&carol)));
    gets(&bob, &format!("{} : only once", name(&carol)));
    gets(&carol, &format!("{} : now", name(&dave)));
    alice.set_nonblocking(true).unwrap();
    assert!(alice.recv(&mut [0; 10]).is_err());
}

#[test]
fn clients_over_udp_talk_to_each_other() {
    let (mut server, port, witness) = room(9);
    let mut clients: Vec<Running> = Vec::new();
    let mut names = Vec::new();
    for _ in 0..2 {
        let mut client = start!("udp-chat-client", "--host", "127.0.0.1", "--port", port);
        client.shows("可以开始聊天了！（输入q退出聊天）\n");
        let joined = server.shows_line();
        names.push(joined.strip_suffix("加入了聊天").unwrap().to_owned());
        clients.push(client);
    }
    clients[0].types("你好");
    clients[1].shows(&format!("127.0.0.1 : {} : 你好\n", names[0]));
    clients[1].types("再见");
    clients[0].shows(&format!("127.0.0.1 : {} : 再见\n", names[1]));
    clients[0].types("q");
    clients[0].shows("聊天已结束\n");
    clients[0].ends(0);
    clients[1].shows(&format!("127.0.0.1 : {}已经离开了\n", names[0]));
    clients[1].ends_input();
    clients[1].shows("聊天已结束\n");
    clients[1].ends(0);
    for _ in 0..2 {
        gets_any(&witness);
    }
    gets(&witness, &format!("{}已经离开了", names[0]));
    gets(&witness, &format!("{}已经离开了", names[1]));
}

fn gets_any(socket: &UdpSocket) {
    socket.recv(&mut [0; 1000]).unwrap();
}

#[test]
fn a_client_over_udp_may_come_before_its_server_and_listens_to_no_one_else() {
    let port = free_port();
    let mut client = start!("udp-chat-client");
    client.shows("请输入聊天服务器IP\n");
    client.types("127.0.0.1");
    client.shows("请输入聊天服务器端口\n");
    client.types(&port.to_string());
    client.shows("可以开始聊天了！（输入q退出聊天）\n");
    client.types("lost");
    client.types(&"long".repeat(20_000));
    let server = udp_socket(port);
    client.types("one");
    let mut buffer = [0; 100];
    let sender = loop {
        let (length, sender) = server.recv_from(&mut buffer).unwrap();
        if &buffer[..length] == b"one" {
            break sender;
        }
    };
    udp_socket(0).send_to(b"a stranger", sender).unwrap();
    server.send_to("回答".as_bytes(), sender).unwrap();
    client.shows("127.0.0.1 : 回答\n");
    client.types("q");
    client.shows("聊天已结束\n");
    client.ends(0);
    assert!(client.complaint().starts_with("cannot send: "));
}
