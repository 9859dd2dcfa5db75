//! C4.

use crate::stage::{Peer, Running, free_port, listener, start};

/// Each of the two, and the other end of its connection.
fn both() -> [(Running, Peer); 2] {
    let port = free_port();
    let server = start!("pair-server", "--port", port);
    let calls_it = Peer::connect(port);
    let (listener, port) = listener();
    let client = start!("pair-client", "--port", port);
    [(server, calls_it), (client, Peer::accept(&listener))]
}

#[test]
fn both_directions_at_once() {
    for (mut program, mut peer) in both() {
        peer.sends("one");
        program.shows("one\n");
        peer.sends("zwei");
        program.shows("zwei\n");
        for line in ["eins", "exit now", "你好"] {
            program.types(line);
            peer.gets(line);
        }
        peer.sends(&"你好".as_bytes()[..4]);
        program.shows("你\n");
        peer.sends(&"你好".as_bytes()[4..]);
        program.shows("好\n");
    }
}

#[test]
fn exit_of_the_other_side_ends_it_although_the_keyboard_is_open() {
    for (mut program, mut peer) in both() {
        peer.sends("not exit");
        program.shows("not exit\n");
        peer.sends("exit");
        peer.sees_the_end();
        program.ends(0);
    }
}

#[test]
fn exit_that_is_typed_is_sent_and_ends_it() {
    for (mut program, mut peer) in both() {
        program.types("exit");
        peer.gets("exit");
        peer.sees_the_end();
        program.ends(0);
    }
}

#[test]
fn a_side_that_vanishes_ends_it() {
    for (mut program, peer) in both() {
        peer.closes();
        program.ends(0);
    }
    for (mut program, peer) in both() {
        program.types("unread");
        peer.resets();
        program.ends(0);
    }
}

#[test]
fn who_has_nothing_more_to_type_may_listen() {
    for (mut program, mut peer) in both() {
        program.ends_input();
        peer.sends("still here");
        program.shows("still here\n");
    }
}

#[test]
fn exit_on_either_side_ends_both() {
    for first in 0..2 {
        let port = free_port();
        let mut server = start!("pair-server", "--port", port);
        // The server takes one client only, so nobody may connect to see whether it listens.
        server.listens_at(port);
        let client = start!("pair-client", "--port", port);
        let mut sides = [server, client];
        sides[0].types("from the server");
        sides[1].shows("from the server\n");
        sides[1].types("from the client");
        sides[0].shows("from the client\n");
        sides[first].types("exit");
        for side in &mut sides {
            side.ends(0);
        }
    }
}
