//! C1.

use std::process::Command;

use crate::stage::{Peer, Running, free_port, listener, start};

/// `服务端已收到消息` in GB2312.
const HEADING: &[u8] = b"<h1>\xb7\xfe\xce\xf1\xb6\xcb\xd2\xd1\xca\xd5\xb5\xbd\xcf\xfb\xcf\xa2</h1>";

fn server() -> (u16, Running) {
    let port = free_port();
    (port, start!("gb2312-server", "--port", port))
}

/// `你好` in GB2312.
const HELLO: &[u8] = b"\xc4\xe3\xba\xc3";

#[test]
fn server_answers_in_gb2312_and_closes_one_client_after_another() {
    let (port, mut server) = server();
    for _ in 0..2 {
        let mut alice = Peer::connect(port);
        alice.sends(&HELLO[..3]);
        alice.sends(&HELLO[3..]);
        server.shows("服务端收到客户端发来的消息:你好\n");
        alice.gets("HTTP/1.1 200 OK\r\n\r\n<meta charset=\"gb2312\">");
        alice.gets(HEADING);
        alice.gets("\r\n");
        alice.sees_the_end();
    }
}

#[test]
fn server_outlives_silence_strange_bytes_and_a_reset() {
    let (port, mut server) = server();
    Peer::connect(port).closes();
    let mut alice = Peer::connect(port);
    alice.sends(b"a\xff\xff");
    server.shows("服务端收到客户端发来的消息:a\u{fffd}\u{fffd}\n");
    alice.resets();
    let mut bob = Peer::connect(port);
    bob.sends("bob");
    server.shows("服务端收到客户端发来的消息:bob\n");
    bob.gets("HTTP/1.1 200 OK\r\n\r\n");
}

#[test]
fn curl_gets_the_page_as_a_browser_does() {
    let (port, mut server) = server();
    Peer::connect(port).closes();
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "20"])
        .arg(format!("http://127.0.0.1:{port}/"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    assert!(
        output
            .stdout
            .windows(HEADING.len())
            .any(|part| part == HEADING)
    );
    assert_eq!(
        server.shows_line(),
        "服务端收到客户端发来的消息:GET / HTTP/1.1"
    );
}

#[test]
fn client_asks_sends_and_shows_until_an_empty_line() {
    let (listener, port) = listener();
    let mut client = start!("gb2312-client", "--port", port);
    client.shows(">>");
    // No Chinese character of 1980: nothing is sent.
    client.types("😀");
    for _ in 0..2 {
        client.shows(">>");
        client.types("你好");
        let mut server = Peer::accept(&listener);
        server.gets(HELLO);
        server.sends("HTTP/1.1 200 OK\r\n\r\n");
        server.sends(&HEADING[..5]);
        server.sends(&HEADING[5..]);
        server.closes();
        client
            .shows("客户端收到服务器回复的消息:HTTP/1.1 200 OK\r\n\r\n<h1>服务端已收到消息</h1>\n");
    }
    client.shows(">>");
    client.types("");
    client.shows("connect close..\n");
    client.ends(0);
    assert_eq!(client.complaint(), "this can't be written in GB2312\n");
}

#[test]
fn client_does_not_wait_for_a_server_that_leaves_the_connection_open() {
    let (listener, port) = listener();
    let mut client = start!("gb2312-client", "--port", port);
    client.shows(">>");
    client.types("x");
    let mut server = Peer::accept(&listener);
    server.gets("x");
    server.sends(HELLO);
    client.shows("客户端收到服务器回复的消息:你好\n>>");
    client.ends_input();
    client.shows("connect close..\n");
    client.ends(0);
}
