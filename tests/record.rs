//! `viva record`: a conversation by hand becomes a scenario that can be read, is in order, and comes true again.

mod stand;

use std::fs;
use std::io::{Read, Write};

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use stand::{Came, Folder, came, viva};

/// Talks to a program: what is typed, line by line, until the end of input.
fn record(folder: &Folder, arguments: &[&str], lines: &[&str]) -> Came {
    let typed: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let output = viva()
        .current_dir(folder.path())
        .arg("record")
        .args(arguments)
        .write_stdin(typed)
        .output();
    came(output.expect("viva starts"))
}

/// A scenario from its cast on.
fn scenario(folder: &Folder, file: &str) -> String {
    let text = fs::read_to_string(folder.path().join(file)).expect("a scenario");
    text[text.find("cast:\n").expect("a cast")..].to_owned()
}

/// Lints a scenario and runs it.
fn holds(folder: &Folder, file: &str, options: &[&str]) {
    let command = |arguments: &[&str]| {
        let output = viva().current_dir(folder.path()).args(arguments).output();
        came(output.expect("viva starts"))
    };
    command(&["lint", file]).exits(0).says("");
    command(&[&["run", file], options].concat()).exits(0);
}

/// A server that answers each message behind the time, which is never the same.
const CLOCK: &str = r#"
import socket, time
server = socket.create_server(("", 50007))
connection, _ = server.accept()
while data := connection.recv(100):
    connection.sendall(b"[%d] " % time.time_ns() + data)
"#;

/// A server that ends when it hears so, and answers bytes that are no text.
const DIES: &str = r#"
import socket
server = socket.create_server(("", 50007))
connection, address = server.accept()
print("hello from", address, flush=True)
while (data := connection.recv(100)) != b"die":
    connection.sendall(b"\xff\xfe" if data == b"odd" else data)
raise SystemExit(3)
"#;

#[test]
fn a_room_is_recorded_with_words_and_addresses_as_what_they_stand_for() {
    let folder = Folder::new();
    let told = record(
        &folder,
        &["hub", "-o", "room.yaml"],
        &[
            "alice connect",
            "bob connect",
            "carol connect",
            "alice: mango juice",
            "bob: 你好 fig",
            "alice: q",
            "done",
            "never: read",
        ],
    )
    .exits(0)
    .says("");
    assert!(
        told.out
            .contains("> alice: mango juice\n  server   | ('127.0.0.1', "),
        "{}",
        told.out
    );
    assert!(
        told.out.ends_with(
            "room.yaml: 21 steps, which came true again when they were played\nTo run it:  viva run room.yaml\n"
        ),
        "{}",
        told.out
    );
    assert_eq!(
        scenario(&folder, "room.yaml"),
        r#"cast:
  server: { role: server }
  alice:  { connects: server }
  bob:    { connects: server }
  carol:  { connects: server }
steps:
  - alice: { connect: true }
  - server: { expect: "(${alice.peer}已成功连接!\n等待客户端的连接...\n" }
  - bob: { connect: true }
  - server: { expect: "(${bob.peer}已成功连接!\n等待客户端的连接...\n" }
  - carol: { connect: true }
  - server: { expect: "(${carol.peer}已成功连接!\n等待客户端的连接...\n" }
  - alice: { send: "${token.mango} ${token.juice}" }
  - any_order:
      - server: { expect: "${alice.peer} : ${token.mango} ${token.juice}\n" }
      - bob: { expect: "${alice.peer} : ${token.mango} ${token.juice}" }
      - carol: { expect: "${alice.peer} : ${token.mango} ${token.juice}" }
  - alice: { never: "${token.mango}" }
  - bob: { send: "你好 ${token.fig}" }
  - any_order:
      - server: { expect: "${bob.peer} : 你好 ${token.fig}\n" }
      - alice: { expect: "${bob.peer} : 你好 ${token.fig}" }
      - carol: { expect: "${bob.peer} : 你好 ${token.fig}" }
  - bob: { never: "${token.fig}" }
  - alice: { send: "${quit}" }
  - any_order:
      - server: { expect: "${alice.peer}已经离开了\n" }
      - alice: { expect: { closed: true } }
      - bob: { expect: "${alice.peer}已经离开了" }
      - carol: { expect: "${alice.peer}已经离开了" }
"#
    );
    holds(&folder, "room.yaml", &[]);
}

#[test]
fn a_client_that_dials_finds_a_server_and_its_connection_a_name() {
    let folder = Folder::new();
    record(
        &folder,
        &["p2p", "-o", "dials.yaml", "--cast", "client"],
        &["client: hello there", "link: welcome pear", "link close"],
    )
    .exits(0);
    assert_eq!(
        scenario(&folder, "dials.yaml"),
        r#"cast:
  host:   { listens: tcp }
  client: { role: client, to: host }
steps:
  - host: { accept: link }
  - client: { send: "${token.hello} ${token.there}" }
  - link: { expect: "${token.hello} ${token.there}" }
  - link: { send: "${token.welcome} ${token.pear}" }
  - client: { expect: "${ip} : ${token.welcome} ${token.pear}\n" }
  - link: { close: true }
  - client: { expect: "聊天已结束\n" }
  - client: { expect: { exit: 0 } }
"#
    );
    holds(&folder, "dials.yaml", &[]);
}

#[test]
fn datagrams_and_a_client_that_sends_them() {
    let folder = Folder::new();
    let ignore = ["--ignore", "server"];
    let arguments = [&["udp", "-o", "server.yaml"], &ignore[..]].concat();
    record(
        &folder,
        &arguments,
        &["alice connect", "bob connect", "bob: pear"],
    )
    .exits(0);
    assert_eq!(
        scenario(&folder, "server.yaml"),
        r#"cast:
  server: { role: server }
  alice:  { connects: server }
  bob:    { connects: server }
steps:
  - alice: { connect: true }
  - bob: { connect: true }
  - bob: { send: "${token.pear}" }
  - bob: { expect: "${token.pear|upper}" }
  - alice: { never: "${token.pear|upper}" }
"#
    );
    record(
        &folder,
        &["udp", "-o", "client.yaml", "--cast", "client", "--words"],
        &["client: hello", "host: HELLO"],
    )
    .exits(0);
    assert_eq!(
        scenario(&folder, "client.yaml"),
        r#"cast:
  host:   { listens: udp }
  client: { role: client, to: host }
steps:
  - client: { send: "${token.hello}" }
  - host: { expect: "${token.hello}" }
  - host: { send: "${token.hello|upper}" }
  - client: { expect: "${token.hello|upper}" }
"#
    );
    holds(&folder, "server.yaml", &[]);
    holds(&folder, "client.yaml", &[]);
}

#[test]
fn what_was_set_is_demanded_and_a_lab_beside_the_file_is_used() {
    let folder = Folder::new();
    came(
        viva()
            .current_dir(folder.path())
            .args(["init", "talk", "--from", "turns"])
            .output()
            .expect("viva"),
    )
    .exits(0);
    let set = ["--set", "sheet=turns"];
    record(
        &folder,
        &[&["./talk", "-o", "talk/mine.yaml"], &set[..]].concat(),
        &[
            "alice connect",
            "alice: hello",
            "server: 好吧",
            "server stop",
        ],
    )
    .exits(0)
    .prints("add to `scenarios:` in lab.yaml:  - { use: mine.yaml, points: 1 }");
    let text = fs::read_to_string(folder.path().join("talk/mine.yaml")).expect("a scenario");
    assert_eq!(
        text,
        r#"# Written by `viva record`.
viva: 1
scenario: mine
when: { sheet: "turns" }
cast:
  server: { role: server }
  alice:  { connects: server }
steps:
  - alice: { connect: true }
  - alice: { send: "${token.hello}" }
  - server: { expect: "recv from Alex: ${alice.peer} ${token.hello}\n>>>" }
  - server: { send: "好吧" }
  - any_order:
      - server: { expect: "send to alex: 好吧\n" }
      - alice: { expect: "好吧" }
  - server: { stop: true }
  - alice: { expect: { closed: true } }
"#
    );
    holds(&folder, "talk/mine.yaml", &set);
}

#[test]
fn what_is_not_the_same_each_time_is_given_up() {
    let folder = Folder::new().with("clock.py", CLOCK);
    record(
        &folder,
        &["echo", "-o", "clock.yaml", "--role", "server=clock.py"],
        &["alice connect", "alice: mango"],
    )
    .exits(0)
    .prints("One expectation was cut down to the words that you typed, or left out");
    assert!(
        scenario(&folder, "clock.yaml").ends_with("  - alice: { expect: \"${token.mango}\" }\n"),
        "{}",
        scenario(&folder, "clock.yaml")
    );
    // A word that means something to the program is no random one.
    let made = viva()
        .current_dir(folder.path())
        .args(["init", "capitals"])
        .output();
    came(made.expect("viva")).exits(0);
    record(
        &folder,
        &[
            "./capitals",
            "-o",
            "capitals/exit.yaml",
            "--ignore",
            "server",
        ],
        &["alice connect", "alice: exit"],
    )
    .exits(0);
    assert!(
        scenario(&folder, "capitals/exit.yaml").ends_with(
            "  - alice: { send: \"exit\" }\n  - alice: { expect: \"EXIT\" }\n  - alice: { expect: { closed: true } }\n"
        ),
        "{}",
        scenario(&folder, "capitals/exit.yaml")
    );
}

#[test]
fn whatever_is_typed_nothing_is_lost() {
    let folder = Folder::new().with("dies.py", DIES);
    let long = format!("alice: {}", "x".repeat(2001));
    let told = record(
        &folder,
        &["echo", "-o", "dies.yaml", "--role", "server=dies.py"],
        &[
            "# a remark, and nothing",
            "",
            "alice: too early",
            "alice connect",
            "alice connect",
            "alcie: mango",
            "alice: mango",
            "alice",
            "alice jump",
            "steps: mango",
            "alice close stdin",
            "server close",
            &long,
            "alice: odd",
            "alice: costs ${5}",
            "alice: die",
            "server: more",
            "bob connect",
            "alice close",
            "alice close",
        ],
    )
    .exits(0)
    .says("");
    for text in [
        "nobody is called `alice` yet: `alice connect` brings a client",
        "alice is connected already",
        "nobody is called `alcie`; did you mean `alice`?",
        "what shall alice do? write alice: TEXT, or alice connect",
        "nobody can `jump`; `help` tells what can be done",
        "`steps` is no name for an actor",
        "`close stdin` is for programs, and alice is none",
        "`close` is for connections, and server is none",
        "longer than 2000 bytes",
        "server   · has ended, exit status 3",
        "server is not there any more, or not yet",
        "bob: that was not possible",
        "alice is not there any more, or not yet",
    ] {
        assert!(told.out.contains(text), "{text}:\n{}", told.out);
    }
    assert_eq!(
        scenario(&folder, "dies.yaml"),
        r#"cast:
  server: { role: server }
  alice:  { connects: server }
steps:
  - alice: { connect: true }
  - server: { expect: "hello from ${alice.peer}\n" }
  - alice: { send: "${token.mango}" }
  - alice: { expect: "${token.mango}" }
  - alice: { send: "odd" }
  - alice: { expect: { bytes: "ff fe" } }
  - alice: { send: "${token.costs} $${5}" }
  - alice: { expect: "${token.costs} $${5}" }
  - alice: { send: "die" }
  - any_order:
      - server: { expect: { exit: 3 } }
      - alice: { expect: { closed: true } }
  - alice: { close: true }
"#
    );
    holds(&folder, "dies.yaml", &["--role", "server=dies.py"]);
}

#[test]
fn places_and_names_that_will_not_do_are_told_before_anybody_talks() {
    let folder = Folder::new()
        .with("there.yaml", "mine")
        .with("broken.py", "1/0");
    let talks = |arguments: &[&str]| record(&folder, arguments, &["alice connect"]);
    talks(&["echo", "-o", "there.yaml"])
        .exits(2)
        .says("viva: there.yaml is there already, and is left as it is: choose another name\n");
    assert_eq!(
        fs::read(folder.path().join("there.yaml")).expect("a file"),
        b"mine"
    );
    talks(&["echo", "-o", "no name.yaml"]).exits(2).says(
        "viva: no name.yaml: a scenario's file is called NAME.yaml; the name is made of letters, digits, `-` and `_`, \
         a letter first\n",
    );
    talks(&["echo", "-o", "nowhere/new.yaml", "--lang", "zh"])
        .exits(3)
        .complains("nowhere/new.yaml：无法写入：");
    talks(&["echo", "-o", "new.yaml", "--cast", "sever"])
        .exits(2)
        .says("viva: there is no role `sever`; did you mean `server`?\n");
    talks(&["hob", "-o", "new.yaml"])
        .exits(2)
        .complains("did you mean `hub`?");
    talks(&["echo", "-o", "new.yaml", "--role", "server=broken.py"])
        .exits(1)
        .prints("But the server ended with status 1");
    record(&folder, &["echo", "-o", "new.yaml"], &[])
        .exits(4)
        .prints("Nothing was recorded, so nothing is written.");
    let nothing = contains("new.yaml").not();
    let names = fs::read_dir(folder.path()).expect("a folder").flatten();
    let names: String = names
        .map(|entry| format!("{:?} ", entry.file_name()))
        .collect();
    assert!(predicates::Predicate::eval(&nothing, &names), "{names}");
}

#[test]
fn a_server_that_is_running_already_is_talked_to_where_it_is() {
    let folder = Folder::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let connect = format!("server={address}");
    // Recorded, played to prove it, and run: three visits.
    let server = std::thread::spawn(move || {
        for _ in 0..3 {
            let (mut client, _) = listener.accept().expect("a client");
            let mut block = [0; 100];
            while let Ok(length @ 1..) = client.read(&mut block) {
                client.write_all(&block[..length]).expect("an answer");
            }
        }
    });
    let options = ["echo", "-o", "running.yaml", "--connect", &connect];
    record(
        &folder,
        &options,
        &["alice connect", "alice: mango", "done"],
    )
    .exits(0)
    .says("");
    assert_eq!(
        scenario(&folder, "running.yaml"),
        "cast:\n  server: { role: server }\n  alice:  { connects: server }\nsteps:\n  - alice: { connect: true }\n  \
         - alice: { send: \"${token.mango}\" }\n  - alice: { expect: \"${token.mango}\" }\n"
    );
    holds(&folder, "running.yaml", &["--connect", &connect]);
    server.join().expect("the server");
    let wrong = [
        "echo",
        "-o",
        "other.yaml",
        "--connect",
        "client=127.0.0.1:1",
    ];
    record(&folder, &wrong, &[]).exits(2).says(
        "viva: --connect client=… is for a server that runs already and is talked to, and client is not: name its role with --cast, or \
         fill client with --role\n",
    );
}
