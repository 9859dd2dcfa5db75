//! Sockets inside, seen and used from outside.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, UdpSocket};
use viva::r#box::{BoxEvent, BoxEvents, ExitStatus, Family, Isolation, TestBox, Watch};
use viva::observe::SocketTable;

use crate::stand::note;
use crate::support::{BOTH, SERVER, exit_of, open, python, script, start};

fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

async fn tcp(test_box: &TestBox) -> TcpSocket {
    let socket = test_box.tcp_socket(Family::V4).await.unwrap();
    TcpSocket::from_std_stream(socket.into())
}

async fn listening(events: &mut BoxEvents) -> (SocketAddr, i32) {
    loop {
        match events.recv().await.unwrap() {
            BoxEvent::Listening {
                address, backlog, ..
            } => return (address, backlog),
            BoxEvent::Exited { status, .. } => panic!("{status:?}"),
            _ => {}
        }
    }
}

/// A look at the sockets of a box costs as much as its table is long.
#[tokio::test]
async fn with_power_the_table_of_connections_is_the_boxs_own_and_small() {
    let text = r#"
print(abs(int(open("/proc/sys/net/ipv4/tcp_ehash_entries").read())))
"#;
    let kernel_can = std::path::Path::new("/proc/sys/net/ipv4/tcp_child_ehash_entries").exists();
    // nsenter(1): by its exit status.
    let mut entering = std::process::Command::new("nsenter");
    let entered = entering.args(["--net=/proc/self/ns/net", "true"]).output();
    if !(kernel_can && entered.is_ok_and(|entered| entered.status.success())) {
        note(
            "a small table of connections is left out: it needs Linux 6.2 and power over the machine's network",
        );
        return;
    }
    // The second is not made in another way than the first.
    for _ in 0..2 {
        let (test_box, mut events) = open(Isolation::Full).await;
        let (process, output) = script(&test_box, text, Watch::NONE).await;
        assert_eq!(output.all().await, "16384\n");
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn names_and_addresses_behave_as_on_a_machine_in_a_network() {
    let text = r#"
import errno, socket
assert socket.gethostname() == "lab"
assert socket.gethostbyname(socket.gethostname()) == "127.0.0.1"
assert socket.gethostbyname("localhost") == "127.0.0.1"
assert {a[4][0] for a in socket.getaddrinfo("localhost", 80)} == {"127.0.0.1", "::1"}
try: socket.gethostbyname("example.org"); print("resolved")
except socket.gaierror: pass
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.connect(("8.8.8.8", 80))
assert u.getsockname()[0] == "10.0.0.2", u.getsockname()
for there in ("93.184.216.34", "192.168.1.1", "127.0.0.1"):
    try: socket.create_connection((there, 80)); print("connected")
    except ConnectionRefusedError: pass
kept = []
for here, port in (("192.168.1.77", 10), ("10.10.107.240", 80), ("0.0.0.0", 443), ("", 22)):
    s = socket.socket(); s.bind((here, port)); s.listen(); kept.append(s)
c = socket.create_connection(("10.10.107.240", 80))
assert socket.socket(socket.AF_INET6).connect_ex(("::1", 9)) == errno.ECONNREFUSED
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); b.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
r = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); r.bind(("", 5555))
b.sendto(b"x", ("255.255.255.255", 5555)); assert r.recv(9) == b"x"
print("done")
"#;
    let (test_box, mut events) = open(Isolation::Full).await;
    let (process, output) = script(&test_box, text, Watch::NONE).await;
    assert_eq!(output.all().await, "done\n");
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn small_pieces_are_acknowledged_at_once() {
    // Nagle's algorithm holds the second piece back until the first is acknowledged, which elsewhere takes 40 ms.
    let text = r#"
import socket, threading
def delayed():
    names, values = [line.split() for line in open("/proc/net/netstat") if line.startswith("TcpExt:")][:2]
    return int(values[names.index("DelayedACKs")])
def serve(s):
    c, _ = s.accept()
    while c.recv(9): c.send(b"a"); c.send(b"b")
for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "192.168.7.7"), (socket.AF_INET6, "::1")):
    s = socket.socket(family); s.bind((host, 0)); s.listen()
    threading.Thread(target=serve, args=[s], daemon=True).start()
    c = socket.create_connection(s.getsockname()[:2])
    for _ in range(20):
        c.send(b"x"); assert c.recv(1) == b"a" and c.recv(1) == b"b"
    print(host, delayed())
"#;
    let (test_box, _events) = open(Isolation::Full).await;
    let (_, output) = script(&test_box, text, Watch::NONE).await;
    assert_eq!(output.all().await, "127.0.0.1 0\n192.168.7.7 0\n::1 0\n");
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn servers_on_the_same_port_are_told_apart_by_their_boxes() {
    let mut boxes = Vec::new();
    for word in ["fig", "mango", "plum"] {
        let (test_box, mut events) = open(Isolation::Full).await;
        let argv = [
            python().executable.to_str().unwrap(),
            "-I",
            "-c",
            SERVER,
            word,
        ];
        let (_, output) = start(&test_box, &argv, Watch::ALL).await;
        assert_eq!(listening(&mut events).await, (at("127.0.0.1:9999"), 5));
        boxes.push((word, test_box, output));
    }
    for (word, test_box, _) in &boxes {
        let mut stream = tcp(test_box)
            .await
            .connect(at("127.0.0.1:9999"))
            .await
            .unwrap();
        let mut line = String::new();
        stream.read_to_string(&mut line).await.unwrap();
        assert_eq!(line.trim_end(), *word);
    }
    for (_, test_box, _) in boxes {
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn a_program_restarts_on_its_port() {
    let (test_box, mut events) = open(Isolation::Full).await;
    for _ in 0..3 {
        let (process, _output) = script(&test_box, SERVER, Watch::ALL).await;
        assert_eq!(listening(&mut events).await.0, at("127.0.0.1:9999"));
        test_box.end_process(process.id).await.unwrap();
        assert_eq!(
            exit_of(&mut events, process.id).await,
            ExitStatus::Signal(libc::SIGKILL)
        );
    }
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn listening_and_bound_come_after_the_effect_from_whichever_thread_or_child() {
    let text = r#"
import os, socket, threading
def serve():
    s = socket.socket(socket.AF_INET6)
    s.bind(("::", 0)); s.listen(7)
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 0))
    try: s.bind(("::", 1)); print("bound twice")
    except OSError: pass
    x = socket.socket(socket.AF_UNIX); x.bind("\0abstract"); x.listen()
    print(s.getsockname()[1], u.getsockname()[1], flush=True)
    s.accept(); print("accepted", flush=True)
if os.fork() == 0:
    t = threading.Thread(target=serve); t.start(); t.join(); os._exit(0)
os.wait()
"#;
    for isolation in BOTH {
        let (test_box, mut events) = open(isolation).await;
        let (process, mut output) = script(&test_box, text, Watch::ALL).await;
        assert!(process.watched);
        let mut table = SocketTable::new(test_box.diag_socket().await.unwrap());
        let Some(BoxEvent::Bound {
            address: bound,
            only_v6: false,
            udp: false,
            process: who,
        }) = events.recv().await
        else {
            panic!("no bind");
        };
        assert_eq!((who, bound.ip()), (process.id, at("[::]:0").ip()));
        let Some(BoxEvent::Listening {
            address,
            only_v6: false,
            backlog: 7,
            process: who,
        }) = events.recv().await
        else {
            panic!("no listen");
        };
        assert_eq!((who, address), (process.id, bound));
        let listeners = table.listeners().unwrap();
        let listener = listeners
            .iter()
            .find(|listener| listener.address == address)
            .unwrap();
        assert_eq!(listener.backlog, 7);
        if isolation == Isolation::Full {
            assert_eq!(listeners.len(), 1);
        }
        let Some(BoxEvent::Bound {
            address: datagrams,
            udp: true,
            ..
        }) = events.recv().await
        else {
            panic!("no bind of a UDP socket");
        };
        let there = table.udp_bound().unwrap();
        assert!(there.iter().any(|socket| socket.local == datagrams));
        assert_eq!(
            output.line().await,
            format!("{} {}", address.port(), datagrams.port())
        );
        // On all addresses of both families: IPv4 will do.
        let _stream = tcp(&test_box)
            .await
            .connect((Ipv4Addr::LOCALHOST, listener.address.port()).into())
            .await
            .unwrap();
        assert_eq!(output.line().await, "accepted");
        assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
        test_box.end().await.unwrap();
    }
}

#[tokio::test]
async fn a_client_that_dials_too_early_is_held_until_somebody_listens() {
    let text = r#"
import socket
s = socket.create_connection(("127.0.0.1", 7777))
print(s.recv(100).decode(), flush=True)
try: socket.create_connection(("127.0.0.1", 7778)); print("connected")
except ConnectionRefusedError: print("refused")
"#;
    let (test_box, mut events) = open(Isolation::Full).await;
    let (process, mut output) = script(&test_box, text, Watch::ALL).await;
    let Some(BoxEvent::Dialling {
        address,
        udp: false,
        hold,
        process: who,
    }) = events.recv().await
    else {
        panic!("no connect");
    };
    assert_eq!((who, address), (process.id, at("127.0.0.1:7777")));
    let socket = tcp(&test_box).await;
    socket.bind(address).unwrap();
    let listener = socket.listen(1).unwrap();
    hold.release();
    let (stream, _) = listener.accept().await.unwrap();
    stream.try_write(b"mango").unwrap();
    assert_eq!(output.line().await, "mango");
    // A hold that is dropped is released.
    let Some(BoxEvent::Dialling { .. }) = events.recv().await else {
        panic!("no second connect");
    };
    assert_eq!(output.line().await, "refused");
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn the_first_datagram_to_an_address_is_held_and_the_next_ones_pass() {
    let text = r#"
import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(3): u.sendto(b"%d" % n, ("127.0.0.1", 6666))
c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.connect(("127.0.0.1", 6667)); c.send(b"x")
print("sent")
"#;
    let (test_box, mut events) = open(Isolation::Full).await;
    let (process, output) = script(&test_box, text, Watch::ALL).await;
    let Some(BoxEvent::Dialling {
        address,
        udp: true,
        hold,
        ..
    }) = events.recv().await
    else {
        panic!("no sendto");
    };
    assert_eq!(address, at("127.0.0.1:6666"));
    let socket: std::net::UdpSocket = test_box.udp_socket(Family::V4).await.unwrap().into();
    rustix::net::bind(&socket, &address).unwrap();
    let socket = UdpSocket::from_std(socket).unwrap();
    hold.release();
    for expected in [b"0", b"1", b"2"] {
        let mut datagram = [0; 9];
        let length = socket.recv(&mut datagram).await.unwrap();
        assert_eq!(&datagram[..length], expected);
    }
    let Some(BoxEvent::Dialling {
        address,
        udp: true,
        hold,
        ..
    }) = events.recv().await
    else {
        panic!("no connect of a UDP socket");
    };
    assert_eq!(address, at("127.0.0.1:6667"));
    drop(hold);
    assert_eq!(output.all().await, "sent\n");
    assert_eq!(exit_of(&mut events, process.id).await, ExitStatus::Code(0));
    test_box.end().await.unwrap();
}

#[tokio::test]
async fn only_what_is_asked_for_is_announced() {
    let text = r#"
import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
c = socket.create_connection(s.getsockname())
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.sendto(b"x", ("127.0.0.1", 9))
"#;
    for (watch, servers, dials) in [
        (Watch::NONE, 0, 0),
        (
            Watch {
                servers: true,
                dials: false,
                timers: false,
            },
            2,
            0,
        ),
        (
            Watch {
                servers: false,
                dials: true,
                timers: false,
            },
            0,
            2,
        ),
        (Watch::ALL, 2, 2),
    ] {
        let (test_box, mut events) = open(Isolation::Full).await;
        script(&test_box, text, watch).await;
        let mut seen = (0, 0);
        loop {
            match events.recv().await.unwrap() {
                BoxEvent::Listening { .. } | BoxEvent::Bound { .. } => seen.0 += 1,
                BoxEvent::Dialling { .. } => seen.1 += 1,
                BoxEvent::Exited { status, .. } => {
                    assert_eq!(status, ExitStatus::Code(0));
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(seen, (servers, dials), "{watch:?}");
        test_box.end().await.unwrap();
    }
}
