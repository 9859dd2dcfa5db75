//! E1.

use std::net::TcpListener;

use crate::stage::{Peer, Running, listener, start};

const WELCOME: &str = "与127.0.0.1连接建立成功，可以开始聊天了！（输入q断开连接）\n";

fn connected() -> (TcpListener, Peer, Running) {
    let (listener, port) = listener();
    let mut client = start!("chat-client", "--host", "127.0.0.1", "--port", port);
    let server = Peer::accept(&listener);
    client.shows(WELCOME);
    (listener, server, client)
}

#[test]
fn asks_for_the_server_until_it_understands() {
    let (listener, port) = listener();
    let mut client = start!("chat-client");
    client.shows("请输入聊天服务器IP\n");
    client.types("127.0.0.1");
    client.shows("请输入聊天服务器端口\n");
    client.types("many");
    client.shows("端口必须是0到65535之间的整数，而不是“many”\n请输入聊天服务器端口\n");
    client.types(&format!(" {port} "));
    client.shows(WELCOME);
    let mut server = Peer::accept(&listener);
    client.types("你好");
    server.gets("你好");
}

#[test]
fn input_that_ends_at_a_question_is_an_error() {
    let mut client = start!("chat-client");
    client.ends_input();
    client.shows("请输入聊天服务器IP\n");
    client.ends(1);
}

#[test]
fn both_directions_at_once() {
    let (_listener, mut server, mut client) = connected();
    server.sends("one");
    client.shows("127.0.0.1 : one\n");
    server.sends("two");
    client.shows("127.0.0.1 : two\n");
    for line in ["eins", " zwei ", "", "三"] {
        client.types(line);
        server.gets(line);
    }
}

#[test]
fn nothing_is_lost_of_what_is_cut_or_long_or_no_text() {
    let (_listener, mut server, mut client) = connected();
    server.sends(&"你好".as_bytes()[..4]);
    client.shows("127.0.0.1 : 你\n");
    server.sends(&"你好".as_bytes()[4..]);
    client.shows("127.0.0.1 : 好\n");
    server.sends(b"\xffx");
    client.shows("127.0.0.1 : \u{fffd}x\n");
    let long = "x".repeat(3000);
    server.sends(&long);
    client.shows(&format!("127.0.0.1 : {long}\n"));
}

#[test]
fn q_is_sent_and_ends_it() {
    let (_listener, mut server, mut client) = connected();
    client.types("Q");
    server.gets("Q");
    client.types("q");
    server.gets("q");
    server.sees_the_end();
    client.shows("聊天已结束\n");
    client.ends(0);
}

#[test]
fn the_end_of_input_is_a_q() {
    let (_listener, mut server, mut client) = connected();
    client.ends_input();
    server.gets("q");
    server.sees_the_end();
    client.shows("聊天已结束\n");
    client.ends(0);
}

#[test]
fn ends_with_the_server_although_the_keyboard_is_open() {
    let (_listener, mut server, mut client) = connected();
    server.sends("bye\u{20ac}");
    server.sends(b"\xe4\xbd");
    server.closes();
    let mut shown = String::from("127.0.0.1 : bye€\n127.0.0.1 : \u{fffd}\n");
    shown.push_str("聊天已结束\n");
    client.shows(&shown);
    client.ends(0);

    let (_listener, server, mut client) = connected();
    client.types("unread");
    server.resets();
    client.shows("聊天已结束\n");
    client.ends(0);
}
