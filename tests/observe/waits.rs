//! One small program for each kind of wait.

use std::io::Write;

use viva::observe::{Awaiting, Doing, Limit, Rest, Wait};

use crate::stage::Stage;

/// What the only thread of the only program does.
fn doing(stage: &mut Stage) -> Doing {
    let portrait = stage.observer.portrait();
    let [process] = &portrait.processes[..] else {
        panic!("{portrait:#?}");
    };
    let [thread] = &process.threads[..] else {
        panic!("{portrait:#?}");
    };
    thread.doing.clone()
}

fn awaited(doing: &Doing) -> Vec<Awaiting> {
    match doing {
        Doing::Waits {
            wait: Wait::Input(sources),
            ..
        } => sources.iter().map(|source| source.what.clone()).collect(),
        doing => panic!("{doing:?}"),
    }
}

#[test]
fn the_keyboard() {
    let mut stage = Stage::new();
    let mut program = stage.python("input('name? ')\ninput('age? ')");
    assert_eq!(stage.rest(), Rest::Quiet);
    assert_eq!(awaited(&doing(&mut stage)), [Awaiting::Keyboard]);
    program.keyboard.write_all(b"fig\n").unwrap();
    assert_eq!(stage.rest(), Rest::Quiet);
    drop(program.keyboard);
    assert_eq!(stage.rest(), Rest::Quiet);
    assert!(stage.observer.portrait().processes.is_empty());
}

#[test]
fn accepting_and_receiving() {
    let mut stage = Stage::new();
    let _program = stage.python(
        "import socket\ns = socket.create_server(('', 9999))\nwhile True:\n c, a = s.accept()\n c.recv(10)\n input()",
    );
    assert_eq!(stage.rest(), Rest::Quiet);
    let listener = "0.0.0.0:9999".parse().unwrap();
    assert_eq!(
        awaited(&doing(&mut stage)),
        [Awaiting::Connection { listener }]
    );
    let mut client = stage.connect();
    assert_eq!(stage.rest(), Rest::Quiet);
    let data = Awaiting::Data {
        local: client.peer_addr().unwrap(),
        remote: client.local_addr().unwrap(),
    };
    assert_eq!(awaited(&doing(&mut stage)), [data]);
    client.write_all(b"hello, hello").unwrap();
    assert_eq!(stage.rest(), Rest::Quiet);
    assert_eq!(awaited(&doing(&mut stage)), [Awaiting::Keyboard]);
    let portrait = stage.observer.portrait();
    let unread: Vec<_> = portrait
        .sockets
        .iter()
        .filter(|socket| socket.unread > 0)
        .map(|socket| (socket.unread, socket.remote, socket.holders.len()))
        .collect();
    assert_eq!(unread, [(2, client.local_addr().ok(), 1)]);
}

#[test]
fn the_time() {
    let mut stage = Stage::new();
    let _program = stage.python("import time\ntime.sleep(1000)");
    match stage.rest() {
        Rest::Timed {
            soonest: Some(left),
            ..
        } => assert!((990..=1000).contains(&left.as_secs()), "{left:?}"),
        rest => panic!("{rest:?}"),
    }
    match doing(&mut stage) {
        Doing::Waits {
            wait: Wait::Sleep,
            limit: Limit::After(left),
        } => assert!((990..=1000).contains(&left.as_secs()), "{left:?}"),
        doing => panic!("{doing:?}"),
    }
}
