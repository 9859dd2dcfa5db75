//! A4 and C3: the servers.

use crate::stage::{Peer, free_port, start};

#[test]
fn clients_are_served_one_after_another() {
    let port = free_port();
    let mut server = start!("upper-server", "--port", port);
    let mut alice = Peer::connect(port);
    server.shows(&format!("来了个新客人 {}\n", alice.name()));
    let mut bob = Peer::connect(port);
    bob.sends("early bob");
    alice.sends("hello, straße 你好");
    alice.gets("HELLO, STRASSE 你好");
    alice.sends_no_more();
    // An empty read is not answered.
    alice.sees_the_end();
    server.shows(&format!("来了个新客人 {}\n", bob.name()));
    bob.gets("EARLY BOB");
}

#[test]
fn cut_characters_are_answered_whole_and_strange_bytes_unchanged() {
    let port = free_port();
    let _server = start!("upper-server", "--port", port);
    let mut alice = Peer::connect(port);
    alice.sends(&"aé".as_bytes()[..2]);
    alice.gets("A");
    alice.sends(&"aé".as_bytes()[2..]);
    alice.gets("É");
    alice.sends(b"a\xffb");
    alice.gets(b"A\xffB");
    alice.sends("ab你".repeat(2000));
    alice.gets("AB你".repeat(2000));
}

#[test]
fn a_reset_leaves_the_next_client_unharmed() {
    let port = free_port();
    let mut server = start!("upper-server", "--port", port);
    for _ in 0..3 {
        let mut alice = Peer::connect(port);
        server.shows(&format!("来了个新客人 {}\n", alice.name()));
        alice.sends("x");
        alice.resets();
    }
    let mut bob = Peer::connect(port);
    bob.sends("bob");
    bob.gets("BOB");
}

#[test]
fn threads_server_serves_all_at_once_until_each_has_left() {
    let port = free_port();
    let mut server = start!("upper-threads-server", "--port", port);
    server.shows("服务器已开启\n");
    let mut alice = Peer::connect(port);
    let mut bob = Peer::connect(port);
    let carol = Peer::connect(port);
    bob.sends("  bob 你\n");
    bob.gets("BOB 你");
    server.shows(&format!(
        "receive from {}:b'bob \\xe4\\xbd\\xa0'\n",
        bob.name()
    ));
    // `exit` is answered, then ends this connection only; an empty read and a reset end theirs.
    alice.sends("exit");
    alice.gets("EXIT");
    alice.sees_the_end();
    server.shows(&format!(
        "receive from {}:b'exit'\nserver exit\n",
        alice.name()
    ));
    carol.closes();
    let mut dave = Peer::connect(port);
    dave.sends("x");
    server.shows(&format!("receive from {}:b'x'\n", dave.name()));
    dave.resets();
    bob.sends(" \r\n");
    bob.sends("exit now");
    bob.gets("EXIT NOW");
    server.shows(&format!("receive from {}:b'exit now'\n", bob.name()));
    bob.sends_no_more();
    bob.sees_the_end();
}

#[test]
fn threads_server_reads_up_to_2048_bytes_and_answers_cut_characters_whole() {
    let port = free_port();
    let _server = start!("upper-threads-server", "--port", port);
    let mut alice = Peer::connect(port);
    let long = format!("a{}", "é".repeat(3000));
    alice.sends(&long);
    alice.gets(long.to_uppercase());
    for cut in 1..3 {
        alice.sends(&"你".as_bytes()[..cut]);
        alice.sends(&"你".as_bytes()[cut..]);
        alice.gets("你");
    }
}
