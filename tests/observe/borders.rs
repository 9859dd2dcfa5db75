//! What is not a wait of a program: attempts, stops, ends, closes, holds.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use viva::r#box::{BoxEvent, Family, Watch};
use viva::observe::{Activity, Doing, Limit, Rest, TcpState, Wait};

use crate::stage::Stage;

/// Clients, until one of them is not let in.
fn overflow(stage: &mut Stage) -> (Vec<OwnedFd>, OwnedFd) {
    let address = stage.listener();
    let mut inside = Vec::new();
    loop {
        let socket = stage
            .runtime
            .block_on(stage.test_box.tcp_socket(Family::V4));
        let socket = socket.unwrap();
        let _ = rustix::net::connect(&socket, &address);
        if is_connected(&socket) {
            inside.push(socket);
        } else {
            return (inside, socket);
        }
    }
}

fn is_connected(socket: &OwnedFd) -> bool {
    let mut polled = [PollFd::new(socket, PollFlags::OUT)];
    poll(&mut polled, Some(&Timespec::default())).unwrap();
    polled[0].revents() == PollFlags::OUT
}

#[test]
fn a_full_queue_of_a_server_that_accepts_nobody_is_quiet() {
    let mut stage = Stage::new();
    let _program = stage.start(
        &[&Stage::interpreter(), "-I", &Stage::program("full.py")],
        Watch::NONE,
    );
    let (inside, outside) = overflow(&mut stage);
    assert_eq!(inside.len(), 2);
    assert_eq!(stage.rest(), Rest::Quiet);
    assert!(!is_connected(&outside));
    let portrait = stage.observer.portrait();
    let listener = portrait
        .sockets
        .iter()
        .find(|socket| socket.state == Some(TcpState::Listen))
        .unwrap();
    assert_eq!((listener.queue, listener.backlog), (Some(2), Some(1)));
    let attempt = |socket: &&viva::observe::SocketPortrait| socket.state == Some(TcpState::SynSent);
    // It is Viva's own end, which is seen only where the network is the box's own.
    let seen = usize::from(stage.is_alone());
    assert_eq!(portrait.sockets.iter().filter(attempt).count(), seen);
}

/// The attempt is repeated after a second: until then it is on its way.
#[test]
fn an_attempt_that_will_be_repeated_is_in_flight() {
    let mut stage = Stage::new();
    let mut program = stage.python(
        "import socket\ns = socket.create_server(('', 9999), backlog=1)\ninput()\nkept = []\nwhile True: kept.append(s.accept())",
    );
    let (_inside, outside) = overflow(&mut stage);
    assert_eq!(stage.rest(), Rest::Quiet);
    program.keyboard.write_all(b"\n").unwrap();
    let (rest, flights) = stage.rest_and_flights();
    assert_eq!(rest, Rest::Quiet);
    assert!(is_connected(&outside));
    assert!(flights > 0);
}

#[test]
fn who_was_stopped_is_not_at_rest_but_who_stopped_himself_is() {
    let mut stage = Stage::new();
    let program = stage.python("input()");
    assert_eq!(stage.rest(), Rest::Quiet);
    let signal = |stage: &mut Stage, signal| {
        let sent = stage.test_box.signal(program.process.id, signal);
        stage.runtime.block_on(sent).unwrap();
    };
    signal(&mut stage, libc::SIGSTOP);
    while !matches!(stage.observer.look(), Rest::Busy(Activity::Stopped(_))) {}
    assert_eq!(stage.observer.spent().stopped, 1);
    signal(&mut stage, libc::SIGCONT);
    assert_eq!(stage.rest(), Rest::Quiet);
    assert_eq!(stage.observer.spent().stopped, 0);

    // As a process does that reads the terminal in the background.
    let mut stage = Stage::new();
    let _program = stage.python(
        "import os, signal\nchild = os.fork()\nif child == 0:\n os.setpgid(0, 0)\n os.kill(os.getpid(), signal.SIGTTIN)\nos.waitpid(child, 0)",
    );
    assert_eq!(stage.rest(), Rest::Quiet);
    assert_eq!(
        stage.observer.portrait().processes[1].threads[0].doing,
        Doing::Stopped
    );
}

#[test]
fn a_child_that_has_ended_and_nobody_waits_for_disturbs_nobody() {
    let mut stage = Stage::new();
    let _program = stage.python("import os\nif os.fork() == 0: os._exit(0)\ninput()");
    while stage.observer.portrait().processes.len() != 2 {}
    assert_eq!(stage.rest(), Rest::Quiet);
    let portrait = stage.observer.portrait();
    let ended: Vec<bool> = portrait
        .processes
        .iter()
        .map(|process| process.ended)
        .collect();
    assert_eq!(ended, [false, true]);
    assert_eq!(portrait.processes[1].threads, []);
}

#[test]
fn a_program_that_viva_holds_in_a_call_is_not_at_rest() {
    let mut stage = Stage::new();
    let dials = Watch {
        dials: true,
        ..Watch::NONE
    };
    let script = "import socket\nsocket.create_connection(('127.0.0.1', 9999))";
    let _program = stage.start(&[&Stage::interpreter(), "-I", "-c", script], dials);
    while !matches!(
        stage.observer.look(),
        Rest::Busy(Activity::Announced(_) | Activity::HasInput { .. })
    ) {}
    let hold = match stage.runtime.block_on(stage.events.recv()) {
        Some(BoxEvent::Dialling { hold, .. }) => hold,
        event => panic!("{event:?}"),
    };
    for _ in 0..100 {
        let rest = stage.observer.look();
        assert!(matches!(rest, Rest::Busy(_)), "{rest:?}");
    }
    let held = Doing::Waits {
        wait: Wait::Viva,
        limit: Limit::Never,
    };
    assert_eq!(
        stage.observer.portrait().processes[0].threads[0].doing,
        held
    );
    drop(hold);
    while !stage.observer.portrait().processes.is_empty() {
        stage.events_pass();
    }
}

#[test]
fn closes_that_nobody_has_noticed() {
    let mut stage = Stage::new();
    let _program = stage.python(
        "import socket\ns = socket.create_server(('', 9999))\nkept = [s.accept() for _ in range(3)]\nkept[0][0].recv(10)\ninput()",
    );
    let clients: Vec<TcpStream> = (0..3).map(|_| stage.connect()).collect();
    (&clients[1]).write_all(b"bye").unwrap();
    drop(clients);
    assert_eq!(stage.rest(), Rest::Quiet);
    let portrait = stage.observer.portrait();
    let mut waiting: Vec<_> = portrait
        .sockets
        .iter()
        .filter(|socket| socket.state == Some(TcpState::CloseWait))
        .map(|socket| (socket.unread, socket.close_unread, socket.holders.len()))
        .collect();
    waiting.sort_unstable();
    // The first one has been read; that its end was not acted upon shows in its state alone.
    assert_eq!(waiting, [(0, false, 1), (0, true, 1), (3, true, 1)]);
}

#[test]
fn processor_time_counts_and_a_spinning_thread_stands_out() {
    let mut stage = Stage::new();
    let _program =
        stage.python("import threading\nthreading.Thread(target=input).start()\nwhile True: pass");
    while stage.observer.spent().threads < 2 {}
    stage.observer.portrait();
    let before = stage.observer.spent();
    let mut last = before;
    // Its own time, however long that takes.
    while last.processor - before.processor < std::time::Duration::from_millis(50) {
        assert!(!matches!(
            stage.observer.look(),
            Rest::Quiet | Rest::Timed { .. }
        ));
        let spent = stage.observer.spent();
        assert!(spent.processor >= last.processor && spent.queued >= last.queued);
        last = spent;
    }
    assert_eq!((last.threads, last.stopped), (2, 0));
    assert!(last.runnable >= 1);
    let portrait = stage.observer.portrait();
    let [main, reader] = &portrait.processes[0].threads[..] else {
        panic!("{portrait:#?}");
    };
    assert_eq!(main.doing, Doing::Runs);
    assert!(main.used > 5 * reader.used, "{portrait:#?}");
    assert!(portrait.processes[0].processor >= main.used);
}

#[test]
fn time_that_was_spent_is_not_forgotten_when_threads_end() {
    let mut stage = Stage::new();
    let mut program = stage.python(
        "import threading\nt = threading.Thread(target=lambda: (sum(range(2000000)), input()))\nt.start()\nt.join()\ninput()",
    );
    assert_eq!(stage.rest(), Rest::Quiet);
    let before = stage.observer.spent();
    program.keyboard.write_all(b"\n").unwrap();
    assert_eq!(stage.rest(), Rest::Quiet);
    let after = stage.observer.spent();
    assert_eq!((before.threads, after.threads), (2, 1));
    assert!(after.processor >= before.processor);
}

/// Without a network of its own: small pieces are not acknowledged at once there, and other people's sockets are about.
#[test]
fn sockets_of_the_machine() {
    let mut stage = Stage::among_others();
    let _program = stage.start(
        &[
            &Stage::interpreter(),
            "-I",
            &Stage::program("halves.py"),
            "0",
        ],
        Watch::NONE,
    );
    let mut client = stage.connect();
    let mut flights = 0;
    for number in 0..10 {
        let word = format!("word number {number:06}");
        client.write_all(word.as_bytes()).unwrap();
        let (rest, more) = stage.rest_and_flights();
        assert_eq!(rest, Rest::Quiet);
        flights += more;
        let mut answer = vec![0; word.len()];
        client.set_nonblocking(true).unwrap();
        client.read_exact(&mut answer).unwrap();
        client.set_nonblocking(false).unwrap();
    }
    // Nagle's algorithm held a second half back at least once.
    assert!(flights > 0);
    let portrait = stage.observer.portrait();
    assert_eq!(portrait.sockets.len(), 2, "{portrait:#?}");
}

/// A key that is a signal takes effect when the kernel gets round to it, whether or not anybody reads the terminal.
#[test]
fn ctrl_c_is_not_overlooked() {
    for _ in 0..20 {
        let mut stage = Stage::new();
        let (mut keyboard, _) = stage.terminal(
            "import socket\ns = socket.create_server(('', 9999))\ntry: s.accept()\nexcept KeyboardInterrupt: pass\ninput()",
        );
        assert_eq!(stage.rest(), Rest::Quiet);
        keyboard.write_all(b"\x03").unwrap();
        assert_eq!(stage.rest(), Rest::Quiet);
        let doing = format!(
            "{:?}",
            stage.observer.portrait().processes[0].threads[0].doing
        );
        assert!(doing.contains("Keyboard"), "{doing}");
    }
}

#[test]
fn a_terminal_that_gives_up_after_a_while() {
    let mut stage = Stage::new();
    let _terminal = stage.terminal(
        "import os, termios\nmodes = termios.tcgetattr(0)\nmodes[3] &= ~termios.ICANON\nmodes[6][termios.VMIN] = 0\nmodes[6][termios.VTIME] = 200\ntermios.tcsetattr(0, termios.TCSANOW, modes)\nos.read(0, 1)",
    );
    match stage.rest() {
        Rest::Timed {
            soonest: Some(left),
            ..
        } => assert!((15..=20).contains(&left.as_secs()), "{left:?}"),
        rest => panic!("{rest:?}"),
    }
}

/// A connection that has been reset is readable, but no exception in the sense of select(2).
#[test]
fn a_set_of_exceptions_does_not_wake_for_an_end() {
    let mut stage = Stage::new();
    let _program = stage.python(
        "import select, socket\nc, _ = socket.create_server(('', 9999)).accept()\nselect.select([], [], [c])",
    );
    let client = stage.connect();
    assert_eq!(stage.rest(), Rest::Quiet);
    drop(client);
    assert_eq!(stage.rest(), Rest::Quiet);
}

/// What is read of them in `/proc` vanishes between two readings: that is no trouble, and no rest.
#[test]
fn who_comes_and_goes_all_the_time_is_never_at_rest() {
    for (again, least) in [
        (
            "child = os.fork()\n if child == 0: os._exit(0)\n os.waitpid(child, 0)",
            30,
        ),
        (
            "thread = threading.Thread(target=lambda: None)\n thread.start()\n thread.join()",
            30,
        ),
        ("socket.socket().close()", 1),
    ] {
        let mut stage = Stage::new();
        let mut program = stage.python(&format!(
            "import os, select, socket, threading\nwhile not select.select([0], [], [], 0)[0]:\n {again}\ninput()\ninput()"
        ));
        let mut seen = HashSet::new();
        let (mut looks, mut last) = (0, stage.observer.spent().processor);
        // Until so many different ones were seen.
        while looks < 300 || seen.len() < least {
            let rest = stage.observer.look();
            assert!(matches!(rest, Rest::Busy(_)), "{again}: {rest:?}");
            let spent = stage.observer.spent().processor;
            assert!(spent >= last, "{again}: {spent:?} after {last:?}");
            last = spent;
            for process in stage.observer.portrait().processes {
                seen.insert(process.pid);
                seen.extend(process.threads.iter().map(|thread| thread.thread.thread));
            }
            looks += 1;
        }
        program.keyboard.write_all(b"\n").unwrap();
        assert_eq!(stage.rest(), Rest::Quiet, "{again}");
    }
}
