//! E2.

use crate::stage::{Peer, Running, free_port, start};

fn connected() -> (u16, Running, Peer) {
    let port = free_port();
    let mut server = start!(
        "chat-server",
        "--port",
        port,
        "--mode",
        "p2p",
        "--max",
        1,
        "--bind",
        "127.0.0.1"
    );
    let alice = Peer::connect(port);
    skip_address(&mut server);
    server.shows(&format!(
        "等待客户端的连接...\n({}已成功连接!\n",
        alice.name()
    ));
    (port, server, alice)
}

fn skip_address(server: &mut Running) {
    let address = server.shows_line();
    assert!(
        address
            .strip_prefix("服务器地址: ")
            .unwrap()
            .parse::<std::net::IpAddr>()
            .is_ok(),
        "{address}"
    );
}

fn ends_after_leaving(server: &mut Running, peer: &str) {
    server.shows(&format!("({peer}已退出聊天\n聊天已结束\n"));
    server.ends(0);
}

#[test]
fn asks_until_it_understands() {
    let port = free_port();
    let mut server = start!("chat-server");
    skip_address(&mut server);
    server.shows("请输入聊天服务器端口\n");
    server.types("");
    server.shows("端口必须是0到65535之间的整数，而不是“”\n请输入聊天服务器端口\n");
    server.types(&port.to_string());
    server.shows("请输入服务器工作模式(p2p, hub)\n");
    server.types("tcp");
    server.shows("工作模式必须是p2p或hub，而不是“tcp”\n请输入服务器工作模式(p2p, hub)\n");
    server.types("p2p");
    server.shows("请输入最大允许连接的客户端数量\n");
    server.types("-1");
    server.shows("客户端数量必须是大于0的整数，而不是“-1”\n请输入最大允许连接的客户端数量\n");
    server.types("1");
    server.shows("等待客户端的连接...\n");
    Peer::connect(port);
}

#[test]
fn both_directions_at_once() {
    let (_, mut server, mut alice) = connected();
    let peer = alice.name();
    alice.sends("one");
    server.shows(&format!("{peer} : one\n"));
    alice.sends("two");
    server.shows(&format!("{peer} : two\n"));
    for line in ["eins", "zwei 你好"] {
        server.types(line);
        alice.gets(line);
    }
    alice.sends(&"你好".as_bytes()[..1]);
    alice.sends(&"你好".as_bytes()[1..3]);
    server.shows(&format!("{peer} : 你\n"));
    let long = "x".repeat(3000);
    alice.sends(&long);
    server.shows(&format!("{peer} : {long}\n"));
}

#[test]
fn q_ends_it_although_the_keyboard_is_open() {
    for q in ["q", "q\n", "q\r\n"] {
        let (_, mut server, mut alice) = connected();
        alice.sends("qq");
        server.shows(&format!("{} : qq\n", alice.name()));
        alice.sends(q);
        alice.sees_the_end();
        ends_after_leaving(&mut server, &alice.name());
    }
}

#[test]
fn a_client_that_vanishes_has_left() {
    let (_, mut server, alice) = connected();
    let peer = alice.name();
    alice.closes();
    ends_after_leaving(&mut server, &peer);

    let (_, mut server, alice) = connected();
    let peer = alice.name();
    server.types("unread");
    alice.resets();
    ends_after_leaving(&mut server, &peer);
}

#[test]
fn the_servers_user_can_quit_too() {
    let (_, mut server, mut alice) = connected();
    server.types("q");
    alice.gets("q");
    alice.sees_the_end();
    server.shows("聊天已结束\n");
    server.ends(0);
}

#[test]
fn the_client_may_talk_on_after_the_end_of_the_servers_input() {
    let (_, mut server, mut alice) = connected();
    server.ends_input();
    alice.sends("still here");
    server.shows(&format!("{} : still here\n", alice.name()));
    alice.sends("q");
    ends_after_leaving(&mut server, &alice.name());
}

#[test]
fn a_second_client_is_not_served() {
    let (port, mut server, mut alice) = connected();
    let mut bob = Peer::connect(port);
    bob.sends("from bob");
    alice.sends("from alice");
    server.shows(&format!("{} : from alice\n", alice.name()));
    alice.sends("q");
    ends_after_leaving(&mut server, &alice.name());
}

#[test]
fn server_and_client_fit_each_other() {
    let port = free_port();
    let mut server = start!("chat-server", "--port", port, "--mode", "p2p", "--max", 1);
    skip_address(&mut server);
    server.shows("等待客户端的连接...\n");
    let mut client = start!("chat-client", "--host", "127.0.0.1", "--port", port);
    client.shows_line();
    let connected = server.shows_line();
    let peer = connected
        .strip_prefix('(')
        .unwrap()
        .strip_suffix("已成功连接!")
        .unwrap();
    client.types("你好");
    server.shows(&format!("{peer} : 你好\n"));
    server.types("再见");
    client.shows("127.0.0.1 : 再见\n");
    client.types("q");
    client.shows("聊天已结束\n");
    client.ends(0);
    ends_after_leaving(&mut server, peer);
}
