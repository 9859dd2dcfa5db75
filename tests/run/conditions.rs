//! What is expected of a program as a whole: its sockets, threads, descriptors and processor time, by the kernel's word.

use std::net::TcpListener;

use super::stand::{Came, Folder, run};

/// Serves on port 9999 of all addresses; each connection is handed to `serve`, which the cases define.
const SERVER: &str = "
import socket, threading, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('', 9999))
s.listen(5)
while True:
    conn, addr = s.accept()
    threading.Thread(target=serve, args=(conn,), daemon=True).start()
";

/// Reads until the client has gone, and closes.
const CLOSES: &str = "
def serve(conn):
    while conn.recv(100): pass
    conn.close()
";

/// Never reads and never closes.
const IDLES: &str = "
import threading
def serve(conn):
    threading.Event().wait()
";

fn serves(how: &str) -> String {
    format!("{how}{SERVER}")
}

/// What these steps come to with this server and the clients alice and bob.
fn judged(server: &str, steps: &str, more: &[&str]) -> Came {
    let folder = Folder::new().with("server.py", server).with(
        "x.yaml",
        format!(
            "viva: 1\nscenario: x\nroles: {{ server: {{ find: server.py }} }}\ncast:\n  server: {{ role: server }}\n  \
             alice: {{ connects: server }}\n  bob: {{ connects: server }}\nsteps:\n{steps}  - bob: {{ close: true }}\n"
        ),
    );
    let (file, submission) = (folder.at("x.yaml"), folder.at(""));
    let fixed = ["run", &file, "--submission", &submission];
    run([&fixed[..], more].concat())
}

/// How one step, which expects this of the server, is settled after `steps`: the proof, or the miss and the proof.
fn settled(server: &str, steps: &str, expected: &str) -> String {
    let steps = format!("{steps}  - server: {{ expect: {{ {expected} }}, as: asked }}\n");
    let report = judged(server, &steps, &["--json"]).report();
    let result = &report["results"][0];
    let failed = &result["outcome"]["failed"];
    if failed.is_object() {
        assert_eq!(failed["step"]["label"], "asked", "{failed:#}");
        return format!("{} {}", failed["miss"], failed["proof"]).replace('"', "");
    }
    assert_eq!(result["outcome"], "passed", "{result:#}");
    let remarks = &result["remarks"];
    assert_eq!(*remarks, serde_json::json!([]), "left out");
    let steps = result["steps"].as_array().expect("steps");
    let asked = steps.iter().find(|step| step["step"]["label"] == "asked");
    asked.expect("it was settled")["proof"]
        .as_str()
        .expect("a proof")
        .to_owned()
}

#[test]
fn sockets_are_counted_by_their_state() {
    let gone = "  - alice: { send: hello }\n  - alice: { close: true }\n";
    let here = "  - alice: { send: hello }\n";
    for (server, steps, expected, outcome) in [
        (CLOSES, gone, "sockets: close-wait, count: 0", "quiescent"),
        (
            IDLES,
            gone,
            "sockets: close-wait, count: 0",
            "leaked quiescent",
        ),
        (IDLES, gone, "sockets: close-wait, count: 1", "quiescent"),
        (
            IDLES,
            gone,
            "sockets: [close-wait, established], count: 2",
            "quiescent",
        ),
        (CLOSES, here, "sockets: established, count: 2", "quiescent"),
        (
            CLOSES,
            here,
            "sockets: established, count: 1",
            "unexpected quiescent",
        ),
        (CLOSES, here, "sockets: listen, count: 1", "quiescent"),
        (
            CLOSES,
            here,
            "sockets: established, accepted: true, count: 2",
            "quiescent",
        ),
        // Who closes first keeps the connection for a while.
        (CLOSES, gone, "sockets: time-wait, count: 0", "quiescent"),
    ] {
        assert_eq!(
            settled(&serves(server), steps, expected),
            outcome,
            "{expected}"
        );
    }
    let closes_first = serves("def serve(conn):\n    conn.recv(100)\n    conn.close()\n");
    let steps = "  - alice: { send: hello }\n  - alice: { expect: { closed: true } }\n  - alice: { close: true }\n";
    let left = settled(&closes_first, steps, "sockets: time-wait, count: 1");
    assert_eq!(left, "quiescent");
}

#[test]
fn a_connection_that_waits_to_be_accepted_is_the_servers() {
    let never_accepts = "import socket, threading\ns = socket.create_server(('', 9999))\nthreading.Event().wait()\n";
    let gone = "  - alice: { close: true }\n";
    let came = settled(never_accepts, gone, "sockets: close-wait, count: 0");
    assert_eq!(came, "leaked quiescent");
    let steps = format!("{gone}  - server: {{ expect: {{ sockets: close-wait, count: 0 }} }}\n");
    judged(never_accepts, &steps, &[])
        .exits(1)
        .prints("But 1 connection is not even accepted, while the other side (alice) has gone.");
}

#[test]
fn who_is_connected_may_not_be_accepted_yet() {
    let one_by_one = "
import socket
s = socket.create_server(('', 9999))
while True:
    conn, addr = s.accept()
    while conn.recv(100): pass
    conn.close()
";
    let both = "sockets: established, accepted: false, count: 1";
    assert_eq!(settled(one_by_one, "", both), "quiescent");
    let gone = "  - alice: { close: true }\n";
    let none = "sockets: established, accepted: false, count: 0";
    assert_eq!(settled(one_by_one, gone, none), "quiescent");
    assert_eq!(settled(&serves(CLOSES), "", both), "unexpected quiescent");
    let steps = format!("  - server: {{ expect: {{ {both} }} }}\n");
    judged(&serves(CLOSES), &steps, &[])
        .exits(1)
        .prints("But no connection waits to be accepted: accept() was called for all that came.");
}

/// Answers datagrams, as `how` has it.
fn answers_datagrams(how: &str) -> String {
    format!(
        "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
{how}
s.bind(('', 9999))
while True:
    data, sender = s.recvfrom(2048)
    s.sendto(data, sender)
"
    )
}

/// What these steps come to with this server of datagrams.
fn judged_over_udp(how: &str, steps: &str, more: &[&str]) -> Came {
    let folder = Folder::new()
        .with("server.py", answers_datagrams(how))
        .with(
            "x.yaml",
            format!(
                "viva: 1\nscenario: x\nconventions: {{ transport: udp }}\nroles: {{ server: {{ find: server.py }} }}\ncast:\n  \
                 server: {{ role: server }}\n  alice: {{ connects: server }}\n  bob: {{ connects: server }}\nsteps:\n  \
                 - server: {{ signal: STOP }}\n{steps}"
            ),
        );
    let (file, submission) = (folder.at("x.yaml"), folder.at(""));
    let fixed = ["run", &file, "--submission", &submission];
    run([&fixed[..], more].concat())
}

const FIVE: &str = "
  - alice: { send: one }
  - bob:   { send: three }
  - alice: { send: two }
  - alice: { send: four }
  - alice: { send: five }
";

#[test]
fn datagrams_wait_in_the_socket_of_a_server_that_is_stopped() {
    let goes_on = "
  - server: { expect: { datagrams: 5 } }
  - server: { expect: { unread: 19 } }
  - alice: { silent: true, as: stopped }
  - server: { signal: CONT }
  - alice: { expect: five }
  - bob: { expect: three }
  - server: { expect: { datagrams: 0 } }
";
    let passed = judged_over_udp("", &format!("{FIVE}{goes_on}"), &["--json"]).exits(0);
    let report = passed.report();
    let steps = report["results"][0]["steps"].as_array().expect("steps");
    let stopped = steps.iter().find(|step| step["step"]["label"] == "stopped");
    // Whom Viva has stopped goes on when she says so.
    assert_eq!(stopped.expect("settled")["proof"], "quiescent");
    judged_over_udp(
        "",
        &format!("{FIVE}  - server: {{ expect: {{ datagrams: 4 }} }}\n"),
        &[],
    )
    .exits(1)
    .prints("But 4 datagrams (14 bytes) from alice and 1 datagram (5 bytes) from bob lie unread.");
}

#[test]
fn datagrams_without_room_are_lost_and_it_is_said() {
    let small = "s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)";
    let steps = format!("{FIVE}{FIVE}  - server: {{ expect: {{ datagrams: 10 }} }}\n");
    judged_over_udp(small, &steps, &["--lang", "zh"])
        .exits(1)
        .prints("个数据报被丢弃了");
}

#[test]
fn an_address_that_a_program_has_written_and_is_none_is_the_programs_failure() {
    // What is known beforehand is found by `viva lint`.
    let echoes = serves("def serve(conn):\n    conn.sendall(conn.recv(100))\n");
    let steps =
        "  - alice: { send: port nine }\n  - alice: { expect: { regex: 'port (?P<door>.*)' } }\n";
    for (kind, there) in [("listening", "listen at"), ("bound", "bind")] {
        let steps =
            format!("{steps}  - server: {{ expect: {{ {kind}: '127.0.0.1:${{door}}' }} }}\n");
        let came = judged(&echoes, &steps, &[]).exits(1);
        assert!(
            came.out.contains("127.0.0.1:nine") && came.out.contains(there),
            "{}",
            came.out
        );
    }
}

#[test]
fn where_a_server_listens_and_how_many_may_wait() {
    let local = serves(CLOSES).replace("bind((''", "bind(('127.0.0.1'");
    for (server, expected, outcome) in [
        (
            serves(CLOSES),
            "listening: '0.0.0.0:9999', backlog: 5",
            "matched",
        ),
        (serves(CLOSES), "listening: '127.0.0.1:9999'", "matched"),
        (
            local.clone(),
            "listening: '${server.ip}:${server.port}'",
            "matched",
        ),
        (
            local.clone(),
            "listening: '0.0.0.0:9999'",
            "unexpected quiescent",
        ),
        (
            local.clone(),
            "listening: '127.0.0.1:9998'",
            "unexpected quiescent",
        ),
        (
            local.clone(),
            "listening: '127.0.0.1:9999', backlog: 6",
            "unexpected quiescent",
        ),
        (
            local.clone(),
            "bound: '127.0.0.1:9999'",
            "unexpected quiescent",
        ),
    ] {
        assert_eq!(settled(&server, "", expected), outcome, "{expected}");
    }
    let steps = "  - server: { expect: { listening: '0.0.0.0:9999', backlog: 6 } }\n";
    judged(&local, steps, &[])
        .exits(1)
        .prints("But it listens at 127.0.0.1:9999 with a backlog of 5.");
}

#[test]
fn where_a_datagram_socket_is_bound() {
    let also = "import socket\nu = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nu.bind(('127.0.0.1', 7000))\n";
    let server = format!("{also}{}", serves(CLOSES));
    assert_eq!(settled(&server, "", "bound: '127.0.0.1:7000'"), "matched");
    let elsewhere = settled(&server, "", "bound: '0.0.0.0:7000'");
    assert_eq!(elsewhere, "unexpected quiescent");
}

#[test]
fn what_lies_unread_is_told() {
    let steps = "  - alice: { send: hello }\n";
    assert_eq!(settled(&serves(CLOSES), steps, "unread: 0"), "quiescent");
    assert_eq!(settled(&serves(IDLES), steps, "unread: 5"), "quiescent");
    let lies = settled(&serves(IDLES), steps, "unread: 4");
    assert_eq!(lies, "unexpected quiescent");
    let steps = format!("{steps}  - server: {{ expect: {{ unread: 0 }} }}\n");
    judged(&serves(IDLES), &steps, &["--lang", "zh"])
        .exits(1)
        .prints("但还有 5 字节没有读");
}

#[test]
fn what_piles_up_is_compared_with_an_earlier_step() {
    // Each visit is over: what alice took is given back, or not.
    let visits = "  - server: { expect: { idle: true }, as: before }\n  - alice: { send: hello }\n  - alice: { close: true }\n";
    let forks = "
import os, signal, socket
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
s = socket.create_server(('', 9999))
while True:
    conn, addr = s.accept()
    if os.fork() == 0:
        while conn.recv(100): pass
        WHAT
    conn.close()
";
    let ends = forks.replace("WHAT", "os._exit(0)");
    let stays = forks.replace("WHAT", "signal.pause()");
    // Before alice's visit both clients are connected: one thread and one descriptor each.
    for (server, expected, outcome) in [
        (
            serves(CLOSES),
            "no_more: threads, than_at: before",
            "quiescent",
        ),
        (
            serves(CLOSES),
            "no_more: descriptors, than_at: before",
            "quiescent",
        ),
        (ends, "no_more: threads, than_at: before", "quiescent"),
        (stays, "no_more: threads, than_at: before", "quiescent"),
    ] {
        assert_eq!(settled(&server, visits, expected), outcome, "{expected}");
    }
    let keeps = serves(
        "
import threading
kept = []
def serve(conn):
    while True:
        data = conn.recv(100)
        if not data: return
        kept.append(open('/dev/null'))
        threading.Thread(target=threading.Event().wait, daemon=True).start()
",
    );
    let grown = "  - server: { expect: { idle: true }, as: before }\n  - alice: { send: hello }\n";
    for (expected, outcome) in [
        ("no_more: threads, than_at: before", "leaked quiescent"),
        ("no_more: descriptors, than_at: before", "leaked quiescent"),
        ("no_more: threads, than_at: before, spare: 1", "quiescent"),
        (
            "no_more: descriptors, than_at: before, spare: 1",
            "quiescent",
        ),
    ] {
        assert_eq!(settled(&keeps, grown, expected), outcome, "{expected}");
    }
}

#[test]
fn who_waits_uses_no_processor_time() {
    assert_eq!(settled(&serves(CLOSES), "", "idle: true"), "quiescent");
    // One that looks around now and then waits, too.
    let looks = "
import threading, time
def look():
    while True: time.sleep(0.02)
threading.Thread(target=look, daemon=True).start()
";
    let server = format!("{looks}{}", serves(CLOSES));
    assert_eq!(settled(&server, "", "idle: true"), "matched");
    let spins = serves("def serve(conn):\n    while True: conn.recv(100)\n");
    let gone = "  - alice: { close: true }\n";
    assert_eq!(settled(&spins, gone, "idle: true"), "busy spinning");
}

#[test]
fn a_program_with_timers_may_come_to_fit_until_the_deadline() {
    let in_a_while = |ms: u32| {
        serves(&format!(
            "import time\ndef serve(conn):\n    while conn.recv(100): pass\n    time.sleep({ms} / 1000)\n    conn.close()\n"
        ))
    };
    let gone = "  - alice: { close: true }\n";
    let expected = "sockets: close-wait, count: 0";
    assert_eq!(settled(&in_a_while(300), gone, expected), "matched");
    let steps = format!("{gone}  - server: {{ expect: {{ {expected} }}, within: 300ms }}\n");
    let report = judged(&in_a_while(100_000), &steps, &["--json"]).report();
    let failed = &report["results"][0]["outcome"]["failed"];
    assert_eq!(
        (&failed["miss"], &failed["proof"]),
        (&"leaked".into(), &"deadline".into())
    );
}

#[test]
fn where_the_network_is_shared_all_is_seen_but_what_nobody_holds() {
    let gone = "  - alice: { send: hello }\n  - alice: { close: true }\n";
    let step = |expected: &str| format!("{gone}  - server: {{ expect: {{ {expected} }} }}\n");
    let basic = ["--isolation", "basic"];
    judged(
        &serves(IDLES),
        &step("sockets: close-wait, count: 0"),
        &basic,
    )
    .exits(1)
    .prints("Call close() on a connection when recv() returns b''");
    judged(&serves(IDLES), &step("listening: '0.0.0.0:9999'"), &basic).exits(0);
    judged(&serves(CLOSES), &step("idle: true"), &basic).exits(0);
    judged(
        &serves(CLOSES),
        &step("sockets: time-wait, count: 1"),
        &basic,
    )
    .exits(0)
    .prints("step 3 was left out: only the kernel could tell");
}

#[test]
fn a_program_that_runs_already_is_not_looked_into() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("listen");
    let address = listener.local_addr().expect("an address");
    let server = format!("server={address}");
    let steps = "  - server: { expect: { idle: true } }\n";
    judged("", steps, &["--connect", &server])
        .exits(1)
        .prints("not applicable");
}
