//! A4: the server.

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
