//! E3.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::stage::{Peer, Running, free_port, start};

const WAITING: &str = "等待客户端的连接...\n";

struct Hub {
    server: Running,
    port: u16,
}

impl Hub {
    fn start(max_clients: usize) -> Hub {
        let port = free_port();
        let mut server = start!(
            "chat-server",
            "--port",
            port,
            "--mode",
            "hub",
            "--max",
            max_clients
        );
        server.shows_line();
        server.shows(WAITING);
        Hub { server, port }
    }

    /// A client that is in the room.
    fn join(&mut self) -> Peer {
        let peer = Peer::connect(self.port);
        self.server
            .shows(&format!("({}已成功连接!\n{WAITING}", peer.name()));
        peer
    }
}

fn left(name: &str) -> String {
    format!("{name}已经离开了")
}

/// Speaks, and the others hear it. Whoever hears something else first, or hears it twice, fails here or at the next word.
fn says(speaker: &mut Peer, text: &str, listeners: &mut [&mut Peer]) {
    speaker.sends(text);
    for listener in listeners {
        listener.gets(format!("{} : {text}", speaker.name()));
    }
}

#[test]
fn a_message_reaches_everyone_but_its_sender() {
    let mut hub = Hub::start(4);
    let (mut alice, mut bob, mut carol) = (hub.join(), hub.join(), hub.join());
    for round in 0..3 {
        says(
            &mut alice,
            &format!("a{round} 你好"),
            &mut [&mut bob, &mut carol],
        );
        says(
            &mut bob,
            &format!("b{round}"),
            &mut [&mut alice, &mut carol],
        );
        says(
            &mut carol,
            &format!("c{round}"),
            &mut [&mut alice, &mut bob],
        );
    }
    hub.server.shows(&format!("{} : a0 你好\n", alice.name()));
}

#[test]
fn cut_characters_long_messages_and_strange_bytes_are_passed_on_whole() {
    let mut hub = Hub::start(4);
    let (mut alice, mut bob) = (hub.join(), hub.join());
    alice.sends(&"你好".as_bytes()[..4]);
    bob.gets(format!("{} : 你", alice.name()));
    alice.sends(&"你好".as_bytes()[4..]);
    bob.gets(format!("{} : 好", alice.name()));
    says(&mut alice, &"x".repeat(3000), &mut [&mut bob]);
    alice.sends(b"a\xffb");
    bob.gets([format!("{} : ", alice.name()).as_bytes(), b"a\xffb"].concat());
    says(&mut bob, "fine", &mut [&mut alice]);
}

#[test]
fn whoever_leaves_the_room_goes_on() {
    // The first, the one in the middle and the last to join; with q, with a line end behind it, by a close, by a reset.
    for leaver in 0..3 {
        for way in ["q", "q\n", "close", "reset"] {
            let mut hub = Hub::start(4);
            let mut members = vec![hub.join(), hub.join(), hub.join()];
            let mut gone = members.remove(leaver);
            let mut last = members.pop().unwrap();
            let mut first = members.pop().unwrap();
            let name = gone.name();
            match way {
                "close" => gone.closes(),
                "reset" => {
                    says(&mut first, "unread", &mut [&mut last]);
                    gone.resets();
                }
                word => {
                    gone.sends(word);
                    gone.sees_the_end();
                }
            }
            first.gets(left(&name));
            last.gets(left(&name));
            says(&mut first, "one", &mut [&mut last]);
            says(&mut last, "two", &mut [&mut first]);
            let mut newcomer = Peer::connect(hub.port);
            says(&mut newcomer, "three", &mut [&mut first, &mut last]);
            says(&mut first, "four", &mut [&mut newcomer, &mut last]);
        }
    }
}

#[test]
fn a_place_is_free_again_when_its_client_has_left() {
    let mut hub = Hub::start(2);
    let (mut alice, mut bob) = (hub.join(), hub.join());
    let mut carol = Peer::connect(hub.port);
    carol.sees_the_end();
    hub.server
        .shows(&format!("人数已满，拒绝了{}\n{WAITING}", carol.name()));
    says(&mut alice, "we two", &mut [&mut bob]);
    let name = bob.name();
    bob.closes();
    alice.gets(left(&name));
    let mut dave = Peer::connect(hub.port);
    says(&mut dave, "hello", &mut [&mut alice]);
}

#[test]
fn twenty_clients_in_a_burst() {
    let hub = Hub::start(20);
    let mut peers: Vec<Peer> = (0..20).map(|_| Peer::connect(hub.port)).collect();
    // Clients are let in one after another: when the last one is heard, all are in.
    let mut last = peers.pop().unwrap();
    says(
        &mut last,
        "all here",
        &mut peers.iter_mut().collect::<Vec<_>>(),
    );
    for speaker in 0..peers.len() {
        let mut others: Vec<&mut Peer> = peers.iter_mut().collect();
        let speaker = others.remove(speaker);
        others.push(&mut last);
        says(speaker, "你好", &mut others);
    }
}

#[test]
fn a_client_that_never_reads_holds_up_nobody_and_nobody_else_misses_a_word() {
    let mut hub = Hub::start(3);
    let (mut alice, mut bob, deaf) = (hub.join(), hub.join(), hub.join());
    hub.server.loses_its_screen();
    let deaf_is_out = AtomicBool::new(false);
    // Far more than the kernel and the hub keep for anyone: the deaf one is thrown out on the way.
    let (said, heard) = std::thread::scope(|threads| {
        let listening = threads.spawn(|| {
            let mut heard = 0;
            loop {
                let block = bob.reads();
                heard += block.iter().filter(|&&byte| byte == b'x').count();
                // Only the notice is not ASCII.
                if !block.is_ascii() {
                    deaf_is_out.store(true, Ordering::Relaxed);
                }
                if block.ends_with(b"!") {
                    return heard;
                }
            }
        });
        let mut said = 0;
        while !deaf_is_out.load(Ordering::Relaxed) && !listening.is_finished() {
            alice.sends([b'x'; 4000]);
            said += 4000;
        }
        alice.sends("!");
        (said, listening.join().unwrap())
    });
    assert_eq!(heard, said);
    deaf.closes();
}
