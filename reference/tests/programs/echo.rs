//! A1, A2 and D1: the servers.

use crate::stage::{Peer, free_port, start};

#[test]
fn once_server_echoes_to_one_client_and_ends() {
    let port = free_port();
    let mut server = start!("echo-once-server", "--port", port);
    let mut alice = Peer::connect(port);
    server.shows(&format!("Connected by {}\n", alice.name()));
    alice.sends("Hello, world");
    alice.gets("Hello, world");
    alice.sends(b"\xff\x00");
    alice.gets(b"\xff\x00");
    alice.sends_no_more();
    alice.sees_the_end();
    server.ends(0);
}

#[test]
fn echo_comes_back_whole_however_long() {
    let port = free_port();
    let _server = start!("echo-once-server", "--port", port);
    let mut alice = Peer::connect(port);
    let long = "你好x".repeat(10_000);
    alice.sends(&long);
    alice.gets(&long);
}

#[test]
fn loop_server_shows_cut_characters_whole() {
    let port = free_port();
    let mut server = start!("echo-loop-server", "--port", port);
    let mut alice = Peer::connect(port);
    let recv = format!("server recv: {}", alice.name());
    alice.sends(&"你好".as_bytes()[..4]);
    alice.gets(&"你好".as_bytes()[..4]);
    server.shows(&format!("{recv} 你\n"));
    alice.sends(&"你好".as_bytes()[4..]);
    alice.gets(&"你好".as_bytes()[4..]);
    server.shows(&format!("{recv} 好\n"));
    alice.closes();
    server.ends(0);
}

#[test]
fn server_shows_what_is_no_text_at_all() {
    let port = free_port();
    let mut server = start!("echo-server", "--port", port);
    let mut alice = Peer::connect(port);
    server.shows(&format!("Client Address: {}\n", alice.name()));
    alice.sends(b"a\xffb");
    alice.gets(b"a\xffb");
    server.shows("Recieve Data: a\u{fffd}b\n");
    alice.sends(b"\xe4\xbd");
    alice.gets(b"\xe4\xbd");
    alice.closes();
    server.shows("Recieve Data: \u{fffd}\n");
    server.ends(0);
}

#[test]
fn a_reset_ends_the_server_like_a_close() {
    let port = free_port();
    let mut server = start!("echo-server", "--port", port);
    let mut alice = Peer::connect(port);
    server.shows(&format!("Client Address: {}\n", alice.name()));
    alice.sends("x");
    server.shows("Recieve Data: x\n");
    alice.resets();
    server.ends(0);
}

#[test]
fn a_second_client_gets_no_answer() {
    let port = free_port();
    let mut server = start!("echo-loop-server", "--port", port);
    let mut alice = Peer::connect(port);
    let mut bob = Peer::connect(port);
    bob.sends("from bob");
    alice.sends("from alice");
    alice.gets("from alice");
    server.shows(&format!("server recv: {} from alice\n", alice.name()));
    alice.closes();
    server.ends(0);
}

#[test]
fn a_server_outlives_its_screen() {
    let port = free_port();
    let mut server = start!("echo-loop-server", "--port", port);
    server.loses_its_screen();
    let mut alice = Peer::connect(port);
    for _ in 0..20 {
        alice.sends("x");
        alice.gets("x");
    }
    assert!(server.is_running());
}
