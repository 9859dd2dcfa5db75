//! A person at a keyboard: the reference chat, and `viva run` itself, in real terminals.

mod stand;

use std::net::TcpListener;
use std::process::Command;

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use stand::{ECHO, Folder, HANG, Mark, bare_viva, run};

/// A terminal with a program in it.
struct Terminal(PtySession);

impl Terminal {
    fn new(command: Command) -> Terminal {
        let patience = HANG.as_millis() as u64;
        Terminal(spawn_command(command, Some(patience)).expect("a terminal"))
    }

    /// A reference program.
    fn reference(arguments: &[&str]) -> Terminal {
        let mut command = bare_viva();
        command.arg("reference").args(arguments);
        Terminal::new(command)
    }

    /// Waits until `text` is there; gives what came before it.
    #[track_caller]
    fn shows(&mut self, text: &str) -> String {
        match self.0.exp_string(&bytewise(text)) {
            Ok(before) => restored(&before),
            Err(error) => panic!("no {text:?}: {error}"),
        }
    }

    fn types(&mut self, line: &str) {
        self.0.send_line(line).expect("a line is typed");
    }

    /// Waits for the end; gives what was shown until then, and the exit code.
    #[track_caller]
    fn ends(mut self) -> (String, i32) {
        let rest = self.0.exp_eof().expect("an end");
        match self.0.process().wait().expect("a status") {
            WaitStatus::Exited(_, code) => (restored(&rest), code),
            other => panic!("{other:?}"),
        }
    }
}

/// rexpect takes every byte for a character.
fn bytewise(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

/// What the bytes that rexpect took for characters say.
fn restored(text: &str) -> String {
    let bytes: Vec<u8> = text.chars().map(|character| character as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A port that nobody has now.
fn free_port() -> String {
    let probe = TcpListener::bind("0.0.0.0:0").expect("a port");
    probe.local_addr().expect("an address").port().to_string()
}

/// Starts the chat server as a person does, by its questions.
fn chat_server(port: &str, mode: &str, most: &str) -> Terminal {
    let mut server = Terminal::reference(&["chat-server"]);
    server.shows("服务器地址: ");
    server.shows("请输入聊天服务器端口");
    server.types(port);
    server.shows("请输入服务器工作模式(p2p, hub)");
    server.types(mode);
    server.shows("请输入最大允许连接的客户端数量");
    server.types(most);
    server.shows("等待客户端的连接...");
    server
}

fn chat_client(port: &str) -> Terminal {
    let mut client = Terminal::reference(&["chat-client"]);
    client.shows("请输入聊天服务器IP");
    client.types("127.0.0.1");
    client.shows("请输入聊天服务器端口");
    client.types(port);
    client.shows("与127.0.0.1连接建立成功，可以开始聊天了！（输入q断开连接）");
    client
}

#[test]
fn two_people_chat() {
    let port = free_port();
    let mut server = chat_server(&port, "p2p", "1");
    let mut client = chat_client(&port);
    server.shows("已成功连接!");
    client.types("hello from the client");
    server.shows("hello from the client");
    server.types("你好，我是服务器");
    client.shows("你好，我是服务器");
    // Twice the same side, without an answer between.
    server.types("are you there?");
    server.types("还在吗？");
    client.shows("are you there?");
    client.shows("还在吗？");
    client.types("在");
    server.shows("在");
    client.types("q");
    let (rest, code) = client.ends();
    assert!(rest.contains("聊天已结束") && code == 0, "{rest:?} {code}");
    let (rest, code) = server.ends();
    assert!(
        rest.contains("已退出聊天") && rest.contains("聊天已结束"),
        "{rest:?}"
    );
    assert_eq!(code, 0);
}

#[test]
fn many_people_chat_in_a_room() {
    let port = free_port();
    let mut server = chat_server(&port, "hub", "2");
    let mut alice = chat_client(&port);
    server.shows("已成功连接!");
    let mut bob = chat_client(&port);
    server.shows("已成功连接!");
    alice.types("大家好 mango-41");
    bob.shows("127.0.0.1");
    bob.shows("大家好 mango-41");
    server.shows("大家好 mango-41");
    bob.types("welcome fig-7");
    let before = alice.shows("welcome fig-7");
    assert!(!before.contains("mango-41"), "her own message: {before:?}");
    // The room is full.
    let mut carol = chat_client(&port);
    server.shows("人数已满，拒绝了");
    carol.shows("聊天已结束");
    bob.types("q");
    bob.shows("聊天已结束");
    alice.shows("已经离开了");
    server.shows("已经离开了");
    // Whoever presses Ctrl-C is gone as well, and the room goes on.
    let mut dave = chat_client(&port);
    server.shows("已成功连接!");
    alice.0.send_control('c').expect("Ctrl-C");
    dave.shows("已经离开了");
    server.0.send_control('c').expect("Ctrl-C");
    dave.shows("聊天已结束");
}

#[test]
fn wrong_answers_are_asked_for_again() {
    let mut server = Terminal::reference(&["chat-server"]);
    server.shows("请输入聊天服务器端口");
    server.types("eighty");
    server.shows("请输入聊天服务器端口");
    server.types("99999");
    server.shows("请输入聊天服务器端口");
    server.types(&free_port());
    server.shows("请输入服务器工作模式(p2p, hub)");
    server.types("both");
    server.shows("工作模式必须是p2p或hub，而不是“both”");
    server.shows("请输入服务器工作模式(p2p, hub)");
    server.types("hub");
    server.shows("请输入最大允许连接的客户端数量");
    server.types("0");
    server.shows("客户端数量必须是大于0的整数，而不是“0”");
    // Ctrl-D: nothing more will come.
    server.0.send_control('d').expect("Ctrl-D");
    let (rest, code) = server.ends();
    assert_eq!(code, 1, "{rest:?}");
}

/// `viva run` in a terminal.
fn viva(arguments: &[&str]) -> Command {
    let mut command = bare_viva();
    command
        .env("TERM", "xterm-256color")
        .arg("run")
        .args(arguments);
    command
}

const TWO: &[&str] = &["echo", "--only", "echo", "--only", "chinese"];

#[test]
fn a_terminal_gets_colours_and_how_far_it_is() {
    let (screen, code) = Terminal::new(viva(TWO)).ends();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("\x1b["), "no colours: {screen:?}");
    assert!(screen.contains("/2  "), "no progress: {screen:?}");
    assert!(screen.contains("all passed"), "{screen:?}");

    // https://no-color.org: without colours, but the bar is no colour.
    let mut command = viva(TWO);
    command.env("NO_COLOR", "1");
    let (screen, _) = Terminal::new(command).ends();
    assert!(!has_colours(&screen), "{screen:?}");
    assert!(screen.contains("all passed"), "{screen:?}");

    // A single scenario needs no bar, and JSON is read by programs.
    let (screen, _) = Terminal::new(viva(&TWO[..3])).ends();
    assert!(!screen.contains("/1  "), "{screen:?}");
    let (screen, code) = Terminal::new(viva(&[TWO, &["--json"]].concat())).ends();
    assert_eq!(code, 0);
    assert!(!screen.contains('\x1b'), "{screen:?}");
    serde_json::from_str::<serde_json::Value>(&screen).expect("JSON");
}

/// Whether there is an SGR sequence (`ESC [ … m`) that does more than to reset.
fn has_colours(screen: &str) -> bool {
    screen.split("\x1b[").skip(1).any(|part| {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        part[end..].starts_with('m') && !matches!(&part[..end], "" | "0")
    })
}

#[test]
fn a_pipe_gets_neither() {
    for more in [&[][..], &["--lang", "zh"]] {
        let came = run([&["run"], TWO, more].concat()).exits(0);
        assert!(
            !came.out.contains('\x1b') && came.err.is_empty(),
            "{:?}{:?}",
            came.out,
            came.err
        );
    }
    let mark = Mark::new();
    let wrong = Folder::new().with(&format!("{}_server.py", mark.0), "raise SystemExit(1)");
    let submission = wrong.path().display().to_string();
    let came = run([&["run"], TWO, &["--submission", &submission]].concat()).exits(1);
    assert!(
        !came.out.contains('\x1b') && came.err.is_empty(),
        "{:?}{:?}",
        came.out,
        came.err
    );
}

#[test]
fn ctrl_c_at_the_keyboard() {
    let mark = Mark::new();
    let sleeps = "import time\nwhile True: time.sleep(1000)\n";
    let folder = Folder::new().with(&format!("{}_server.py", mark.0), sleeps);
    let submission = folder.path().display().to_string();
    let arguments = [
        &TWO[..3],
        &["--deadline", "100s", "--submission", &submission],
    ]
    .concat();
    let mut terminal = Terminal::new(viva(&arguments));
    // The program waits, and so does Viva.
    while mark.processes().is_empty() {
        let status = terminal.0.process().status();
        assert_eq!(status, Some(WaitStatus::StillAlive));
        // The kernel has no event for a process of others that comes.
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    terminal.0.send_control('c').expect("Ctrl-C");
    terminal.shows("interrupted: results are missing");
    let (_, code) = terminal.ends();
    assert_eq!(code, 130);
    mark.is_gone();
}

#[test]
fn what_a_program_prints_never_reaches_the_terminal_raw() {
    let prints = "print('\\x1b[2J\\x1b]0;evil\\x07\\x9b31m', flush=True)\nraise SystemExit(1)\n";
    let answers = ECHO.replace(
        "client.sendall(data)",
        "client.sendall(b'\\x1b[5mevil'); break",
    );
    for program in [prints, &answers] {
        let folder = Folder::new().with("server.py", program);
        let submission = folder.path().display().to_string();
        let more = ["--submission", &submission];
        let (screen, code) = Terminal::new(viva(&[&TWO[..3], &more].concat())).ends();
        assert_eq!(code, 1, "{screen}");
        for raw in ["\x1b[2J", "\x1b]0;", "\x07", "\u{9b}", "\x1b[5m"] {
            assert!(!screen.contains(raw), "{raw:?} in {screen:?}");
        }
        // It is there to be seen all the same.
        assert!(screen.contains("evil"), "{screen:?}");
    }
}

#[test]
fn a_conversation_by_hand_is_kept_even_if_it_is_broken_off() {
    let folder = Folder::new();
    let mut command = bare_viva();
    command.args(["record", "echo", "-o", "new.yaml", "--ignore", "server"]);
    command.env("NO_COLOR", "1");
    command.current_dir(folder.path());
    let mut viva = Terminal::new(command);
    viva.shows("`done` ends.");
    viva.shows("> ");
    viva.types("alice connect");
    viva.shows("> ");
    viva.types("alice: mango");
    viva.shows("  alice    ← mango");
    viva.shows("> ");
    viva.0.send_control('c').expect("Ctrl-C");
    viva.shows("new.yaml: 3 steps, which came true again when they were played");
    let (_, code) = viva.ends();
    assert_eq!(code, 0);
    let text = std::fs::read_to_string(folder.path().join("new.yaml")).expect("a scenario");
    assert!(
        text.ends_with("  - alice: { expect: \"${token.mango}\" }\n"),
        "{text}"
    );
}
