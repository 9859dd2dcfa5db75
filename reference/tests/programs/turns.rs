//! A1, A2, A4 and D1: the clients.

use crate::stage::{Peer, free_port, listener, start};

#[test]
fn once_client_shows_the_answer_as_python_does() {
    let (listener, port) = listener();
    let mut client = start!("echo-once-client", "--port", port);
    let mut server = Peer::accept(&listener);
    server.gets("Hello, world");
    server.sends("Hello,");
    server.sends(" world");
    client.shows("Received b'Hello, world'\n");
    client.ends(0);
    server.sees_the_end();
}

#[test]
fn once_client_ends_when_the_server_closes() {
    let (listener, port) = listener();
    let mut client = start!("echo-once-client", "--port", port);
    let mut server = Peer::accept(&listener);
    server.gets("Hello, world");
    server.closes();
    client.shows("Received b''\n");
    client.ends(0);
}

#[test]
fn loop_client_asks_sends_and_shows() {
    let (listener, port) = listener();
    let mut client = start!("echo-loop-client", "--host", "127.0.0.1", "--port", port);
    let mut server = Peer::accept(&listener);
    client.shows(">>>:");
    client.types("   ");
    client.shows(">>>:");
    client.types("  你好 alice ");
    server.gets("你好 alice");
    server.sends("你好 alice");
    client.shows("Received 你好 alice\n>>>:");
    // Not an echo at all: shorter, longer, and not even text.
    for (answer, shown) in [
        (&b"ok"[..], "ok"),
        (b"a longer one", "a longer one"),
        (b"\xff", "\u{fffd}"),
    ] {
        client.types("more");
        server.gets("more");
        server.sends(answer);
        client.shows(&format!("Received {shown}\n>>>:"));
    }
    client.ends_input();
    client.ends(0);
    server.sees_the_end();
}

#[test]
fn upper_client_shows_a_character_whole_however_it_is_cut() {
    let (listener, port) = listener();
    let mut client = start!("upper-client", "--port", port);
    let mut server = Peer::accept(&listener);
    client.shows(">>>:");
    for cut in [1, 2, 4, 5] {
        client.types("你好");
        server.gets("你好");
        server.sends(&"你好".as_bytes()[..cut]);
        server.sends(&"你好".as_bytes()[cut..]);
        client.shows("Received 你好\n>>>:");
    }
}

#[test]
fn client_gets_a_long_answer_whole() {
    let (listener, port) = listener();
    let mut client = start!("echo-client", "--port", port);
    let mut server = Peer::accept(&listener);
    let long = "你好x".repeat(3000);
    client.types("");
    client.types(&long);
    server.gets(&long);
    for part in long.as_bytes().chunks(1024) {
        server.sends(part);
    }
    client.shows(&format!("{long}\n"));
    client.types("next");
    server.gets("next");
    server.sends("next");
    client.shows("next\n");
}

#[test]
fn client_ends_when_the_server_is_gone() {
    for reset in [false, true] {
        let (listener, port) = listener();
        let mut client = start!("echo-client", "--port", port);
        let server = Peer::accept(&listener);
        client.types("x");
        if reset {
            server.resets()
        } else {
            server.closes()
        }
        client.ends(0);
        assert_eq!(client.complaint(), "the server has closed the connection\n");
    }
}

#[test]
fn client_and_server_fit_each_other() {
    let port = free_port();
    let mut server = start!("upper-server", "--port", port);
    // A client that only shows that the server listens.
    let first = Peer::connect(port);
    server.shows(&format!("来了个新客人 {}\n", first.name()));
    first.closes();
    let mut client = start!("upper-client", "--port", port);
    client.shows(">>>:");
    client.types("héllo");
    client.shows("Received HÉLLO\n>>>:");
}
