//! One small program for each kind of wait.

use std::io::{Read, Write};
use std::time::Duration;

use viva::r#box::Watch;
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

/// What all threads of all processes do, by process and thread.
fn all_doing(stage: &mut Stage) -> Vec<Doing> {
    let portrait = stage.observer.portrait();
    portrait
        .processes
        .iter()
        .flat_map(|process| process.threads.iter().map(|thread| thread.doing.clone()))
        .collect()
}

fn waits(wait: Wait) -> Doing {
    Doing::Waits {
        wait,
        limit: Limit::Never,
    }
}

#[test]
fn several_descriptors_at_once() {
    for wait in [
        "select.select([0, server, client], [], [])",
        "p = select.poll(); [p.register(x, select.POLLIN) for x in (0, server, client)]; p.poll()",
        "p = select.epoll(); [p.register(x, select.EPOLLIN) for x in (0, server, client)]; p.poll()",
    ] {
        let mut stage = Stage::new();
        let _program = stage.python(&format!(
            "import select, socket\nserver = socket.create_server(('', 9999))\nclient, _ = server.accept()\n{wait}"
        ));
        let client = stage.connect();
        assert_eq!(stage.rest(), Rest::Quiet, "{wait}");
        let mut awaited = awaited(&doing(&mut stage));
        awaited.sort_by_key(|what| format!("{what:?}"));
        let expected = [
            Awaiting::Connection {
                listener: "0.0.0.0:9999".parse().unwrap(),
            },
            Awaiting::Data {
                local: client.peer_addr().unwrap(),
                remote: client.local_addr().unwrap(),
            },
            Awaiting::Keyboard,
        ];
        assert_eq!(awaited, expected, "{wait}");
    }
}

#[test]
fn a_datagram() {
    let mut stage = Stage::new();
    let _program = stage.python(
        "import socket\ns = socket.socket(type=socket.SOCK_DGRAM)\ns.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)\ns.bind(('127.0.0.1', 9999))\ns.recv(10)\ninput()",
    );
    let client = stage.udp();
    assert_eq!(stage.rest(), Rest::Quiet);
    let local = "127.0.0.1:9999".parse().unwrap();
    assert_eq!(awaited(&doing(&mut stage)), [Awaiting::Datagram { local }]);
    for _ in 0..100 {
        client.send(&[0; 1000]).unwrap();
    }
    assert_eq!(stage.rest(), Rest::Quiet);
    assert_eq!(awaited(&doing(&mut stage)), [Awaiting::Keyboard]);
    client.send(&[0; 1000]).unwrap();
    let portrait = stage.observer.portrait();
    let socket = portrait
        .sockets
        .iter()
        .find(|socket| socket.local == local)
        .unwrap();
    assert!(socket.drops > 50 && socket.unread > 0, "{socket:?}");
    assert_eq!(socket.holders.len(), 1);
}

#[test]
fn room_to_send() {
    let mut stage = Stage::new();
    let _program = stage.python(
        "import socket\nc, _ = socket.create_server(('', 9999)).accept()\nwhile True:\n c.sendall(bytes(100000))",
    );
    let mut client = stage.connect();
    let room = Awaiting::Room {
        local: client.peer_addr().unwrap(),
        remote: client.local_addr().ok(),
    };
    // Each time somebody reads, it goes on until there is no room again.
    for _ in 0..3 {
        assert_eq!(stage.rest(), Rest::Quiet);
        assert_eq!(awaited(&doing(&mut stage)), std::slice::from_ref(&room));
        let portrait = stage.observer.portrait();
        let unsent = portrait.sockets.iter().map(|socket| socket.unsent).max();
        assert!(unsent > Some(100_000), "{portrait:#?}");
        client.read_exact(&mut vec![0; 4_000_000]).unwrap();
    }
}

#[test]
fn what_is_written_and_not_read_may_outlive_its_writer() {
    let mut stage = Stage::new();
    let _program = stage.python(
        "import socket\nc, _ = socket.create_server(('', 9999)).accept()\nc.setblocking(False)\ntry:\n while True: c.send(bytes(100000))\nexcept BlockingIOError: pass",
    );
    let mut client = stage.connect();
    assert_eq!(stage.rest(), Rest::Quiet);
    let portrait = stage.observer.portrait();
    assert_eq!(portrait.processes, []);
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    assert!(all.len() > 100_000);
}

#[test]
fn another_thread() {
    let mut stage = Stage::new();
    let _program = stage.python(
        r#"
import threading
a, b = threading.Lock(), threading.Lock()
meet = threading.Barrier(2)
def work(one, other):
    with one:
        meet.wait()
        with other:
            pass
threading.Thread(target=work, args=(a, b)).start()
work(b, a)
"#,
    );
    assert_eq!(stage.rest(), Rest::Quiet);
    let lock = || waits(Wait::Lock);
    assert_eq!(all_doing(&mut stage), [lock(), lock()]);
}

#[test]
fn a_child_a_signal_and_a_pipe() {
    let mut stage = Stage::new();
    let _program = stage.python(
        r#"
import os, signal
child = os.fork()
if child == 0:
    if os.fork() == 0:
        signal.pause()
    reader, writer = os.pipe()
    os.read(reader, 1)
os.waitpid(child, 0)
"#,
    );
    assert_eq!(stage.rest(), Rest::Quiet);
    let portrait = stage.observer.portrait();
    let [parent, child, grandchild] = &portrait.processes[..] else {
        panic!("{portrait:#?}");
    };
    assert_eq!(parent.threads[0].doing, waits(Wait::Child(Some(child.pid))));
    assert_eq!(awaited(&child.threads[0].doing), [Awaiting::Pipe]);
    assert_eq!(grandchild.threads[0].doing, waits(Wait::Signal));
    assert_eq!((child.parent, grandchild.parent), (parent.pid, child.pid));
    for process in [parent, child, grandchild] {
        assert_eq!(process.program, parent.pid);
        assert!(process.name.starts_with("python3"), "{}", process.name);
    }
}

#[test]
fn somebody_to_open_a_named_pipe() {
    let mut stage = Stage::new();
    let _program = stage.python("import os\nos.mkfifo('pipe')\nopen('pipe')");
    assert_eq!(stage.rest(), Rest::Quiet);
    assert_eq!(doing(&mut stage), waits(Wait::Opening));
}

/// Each of these waits ends by itself: after a thousand seconds, if it can be known.
#[test]
fn timed_waits() {
    for (script, is_known) in [
        ("import time; time.sleep(1000)", true),
        ("import select; select.select([0], [], [], 1000)", true),
        (
            "import select; p = select.poll(); p.register(0); p.modify(0, 1); p.poll(1000_000)",
            true,
        ),
        (
            "import select; p = select.epoll(); p.register(0, 1); p.poll(1000)",
            true,
        ),
        ("import threading; threading.Event().wait(1000)", true),
        ("import queue; queue.Queue().get(timeout=1000)", true),
        (
            "import signal; signal.sigtimedwait([signal.SIGUSR1], 1000)",
            true,
        ),
        ("import asyncio; asyncio.run(asyncio.sleep(1000))", true),
        (
            "import socket, struct; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 0)); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 1000, 0)); s.recv(1)",
            true,
        ),
        (
            "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 0)); s.settimeout(1000); s.recv(1)",
            true,
        ),
        (
            "import ctypes, struct, os; c = ctypes.CDLL(None); t = c.timerfd_create(1, 0); c.timerfd_settime(t, 0, struct.pack('qqqq', 0, 0, 1000, 0), None); os.read(t, 8)",
            true,
        ),
        (
            "import ctypes, struct; c = ctypes.CDLL('librt.so.1'); t = ctypes.c_void_p(); c.timer_create(1, None, ctypes.byref(t)); input()",
            false,
        ),
    ] {
        let mut stage = Stage::new();
        let _program = stage.python(script);
        match stage.rest() {
            Rest::Timed { soonest, .. } => {
                let seconds = soonest.map(|left| left.as_secs_f64());
                assert_eq!(soonest.is_some(), is_known, "{script}");
                assert!(
                    seconds.is_none_or(|left| (990.0..=1000.1).contains(&left)),
                    "{script}: {seconds:?}"
                );
            }
            rest => panic!("{script}: {rest:?}"),
        }
    }
}

/// No timer of these tests that is still to come is as short.
const SHORT: Duration = Duration::from_millis(100);

#[test]
fn an_alarm() {
    let timers = Watch {
        timers: true,
        ..Watch::NONE
    };
    for (script, timed) in [
        ("import signal; signal.alarm(1000); input()", true),
        (
            "import signal; signal.setitimer(signal.ITIMER_REAL, 1000); input()",
            true,
        ),
        (
            "import signal; signal.setitimer(signal.ITIMER_PROF, 1000); input()",
            false,
        ),
        (
            "import signal; signal.alarm(1000); signal.alarm(0); input()",
            false,
        ),
        (
            "import signal; signal.alarm(1000); signal.setitimer(signal.ITIMER_REAL, 0); input()",
            false,
        ),
        (
            "import signal; signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.001); signal.pause(); input()",
            false,
        ),
        (
            "import signal; signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.001, 1000); signal.pause(); input()",
            true,
        ),
    ] {
        let mut stage = Stage::new();
        let _program = stage.start(&[&Stage::interpreter(), "-I", "-c", script], timers);
        let mut rest;
        loop {
            stage.events_pass();
            rest = stage.observer.look();
            // It waits for its keyboard: then it has set what it sets, and heard what it hears.
            let asleep = !matches!(rest, Rest::Busy(_));
            let doing = all_doing(&mut stage);
            if asleep && doing.len() == 1 && format!("{doing:?}").contains("Keyboard") {
                stage.events_pass();
                rest = stage.rest();
                // One that has rung is known to be over when it must have rung.
                while matches!(rest, Rest::Timed { soonest: Some(left), .. } if left < SHORT) {
                    rest = stage.rest();
                }
                break;
            }
            std::thread::yield_now();
        }
        assert_eq!(
            matches!(rest, Rest::Timed { .. }),
            timed,
            "{script}: {rest:?}"
        );
        assert_eq!(rest == Rest::Quiet, !timed, "{script}: {rest:?}");
    }
}

#[test]
fn more_bytes_than_have_come() {
    let mut stage = Stage::new();
    let _program = stage.python(
        "import socket\nc, _ = socket.create_server(('', 9999)).accept()\nwhile True: c.sendall(c.recv(10, socket.MSG_WAITALL))",
    );
    let mut client = stage.connect();
    client.write_all(b"hello").unwrap();
    assert_eq!(stage.rest(), Rest::Quiet);
    let data = Awaiting::Data {
        local: client.peer_addr().unwrap(),
        remote: client.local_addr().unwrap(),
    };
    assert_eq!(awaited(&doing(&mut stage)), [data]);
    client.write_all(b"world").unwrap();
    assert_eq!(stage.rest(), Rest::Quiet);
    let mut answer = [0; 10];
    client.set_nonblocking(true).unwrap();
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"helloworld");
}

#[test]
fn a_socket_that_was_closed_while_it_is_waited_for() {
    let mut stage = Stage::new();
    let mut program = stage.python(
        r#"
import socket, threading
c, _ = socket.create_server(('', 9999)).accept()
reader = threading.Thread(target=c.recv, args=(10,))
reader.start()
input()
import os
os.close(c.detach())
reader.join()
"#,
    );
    let _client = stage.connect();
    assert_eq!(stage.rest(), Rest::Quiet);
    program.keyboard.write_all(b"\n").unwrap();
    assert_eq!(stage.rest(), Rest::Quiet);
    let doing = all_doing(&mut stage);
    assert_eq!(doing[0], waits(Wait::Lock));
    assert_eq!(awaited(&doing[1]), [Awaiting::Closed]);
}
