//! E1, and the client of E4 that does the same in a single thread.

use std::net::TcpListener;

use crate::stage::{Peer, Running, listener, start};

const WELCOME: &str = "与127.0.0.1连接建立成功，可以开始聊天了！（输入q断开连接）\n";

/// Both do the same in every respect.
const CLIENTS: [&str; 2] = ["chat-client", "chat-poll-client"];

fn connected(program: &str) -> (TcpListener, Peer, Running) {
    let (listener, port) = listener();
    let mut client = start!(program, "--host", "127.0.0.1", "--port", port);
    let server = Peer::accept(&listener);
    client.shows(WELCOME);
    (listener, server, client)
}

#[test]
fn asks_for_the_server_until_it_understands() {
    for program in CLIENTS {
        let (listener, port) = listener();
        let mut client = start!(program);
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
}

#[test]
fn input_that_ends_at_a_question_is_an_error() {
    for program in CLIENTS {
        let mut client = start!(program);
        client.ends_input();
        client.shows("请输入聊天服务器IP\n");
        client.ends(1);
    }
}

#[test]
fn both_directions_at_once() {
    for program in CLIENTS {
        let (_listener, mut server, mut client) = connected(program);
        server.sends("one");
        client.shows("127.0.0.1 : one\n");
        server.sends("two");
        client.shows("127.0.0.1 : two\n");
        for line in ["eins", " zwei ", "", "三"] {
            client.types(line);
            server.gets(line);
        }
    }
}

#[test]
fn nothing_is_lost_of_what_is_cut_or_long_or_no_text() {
    for program in CLIENTS {
        let (_listener, mut server, mut client) = connected(program);
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
}

#[test]
fn q_is_sent_and_ends_it() {
    for program in CLIENTS {
        let (_listener, mut server, mut client) = connected(program);
        client.types("Q");
        server.gets("Q");
        client.types("q");
        server.gets("q");
        server.sees_the_end();
        client.shows("聊天已结束\n");
        client.ends(0);
    }
}

#[test]
fn the_end_of_input_is_a_q() {
    for program in CLIENTS {
        let (_listener, mut server, mut client) = connected(program);
        client.ends_input();
        server.gets("q");
        server.sees_the_end();
        client.shows("聊天已结束\n");
        client.ends(0);
    }
}

#[test]
fn ends_with_the_server_although_the_keyboard_is_open() {
    for program in CLIENTS {
        let (_listener, mut server, mut client) = connected(program);
        server.sends("bye\u{20ac}");
        server.sends(b"\xe4\xbd");
        server.closes();
        let mut shown = String::from("127.0.0.1 : bye€\n127.0.0.1 : \u{fffd}\n");
        shown.push_str("聊天已结束\n");
        client.shows(&shown);
        client.ends(0);

        let (_listener, server, mut client) = connected(program);
        client.types("unread");
        server.resets();
        client.shows("聊天已结束\n");
        client.ends(0);
    }
}

#[test]
fn shows_what_comes_while_the_server_does_not_read() {
    for program in CLIENTS {
        let (_listener, mut server, mut client) = connected(program);
        let long = "long".repeat(2 << 20);
        client.types(&long);
        // Something has been sent, and more than fits: the client can't get rid of the rest.
        server.gets(&long[..1000]);
        server.sends("meanwhile");
        client.shows("127.0.0.1 : meanwhile\n");
        server.gets(&long[1000..]);
        client.types("q");
        server.gets("q");
        client.shows("聊天已结束\n");
        client.ends(0);
    }
}

#[test]
fn a_last_line_without_its_end_is_sent() {
    for program in CLIENTS {
        let (_listener, mut server, mut client) = connected(program);
        client.types_without_enter("last");
        client.ends_input();
        server.gets("lastq");
        server.sees_the_end();
        client.shows("聊天已结束\n");
        client.ends(0);
    }
}
