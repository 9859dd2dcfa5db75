//! The reference programs of the labs: what a student should have written, readable enough to hand out.
//!
//! One module per family of programs, and a table of all of them, so that `viva` and the command `reference` start each by its
//! name. Nothing here may know of Viva, of scenarios or of marks: a reference that could tell that it is being examined would
//! prove nothing.
//!
//! - `echo`: TCP, one client, the same bytes come back (A1, A2, D1)
//! - `upper`: TCP, upper case comes back, one client after another or a thread for each (A4, C3)
//! - `turns`: the clients of both, which send and receive by turns (also A3)
//! - `dialogue`: TCP, the server's user types the answers (A3, B1, B2)
//! - `gb2312`: TCP, an answer in GB2312 for client and browser (C1)
//! - `file`: TCP, the client sends a file and the server saves it (C2)
//! - `udp`: datagrams, echoed or in upper case (A6, D2)
//! - `pair`: TCP, both sides type whenever they like (C4)
//! - `websocket`: an echo, a chat room and a client (C5)
//! - `http`: a page for a browser, and a client (C6)
//! - `chat`: the chat lab, client and server and their variants (E1, E2, E3, E4)
//! - `duplex`: both directions of a connection at once, for `pair` and `chat`
//! - `address`, `block`, `options`, `screen`, `text`: what they all need

#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

mod address;
mod block;
mod chat;
mod dialogue;
mod duplex;
mod echo;
mod file;
mod gb2312;
mod http;
mod options;
mod pair;
mod screen;
mod text;
mod turns;
mod udp;
mod upper;
mod websocket;

/// One reference program.
pub struct Program {
    /// What it is started by, such as `udp-echo-server`.
    pub name: &'static str,
    /// Its row in the teaching sheets, such as `D2`.
    pub row: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// How it is called, in one line.
    pub usage: &'static str,
    /// Runs it in this process, on its standard input and output, until it ends. Call it once and then let the process
    /// end: a chat leaves a thread behind that still waits for the keyboard. It knows no `--help`; [`Program::start`] does.
    pub run: fn(args: &[String]) -> io::Result<()>,
}

impl Program {
    /// Runs the program as a command: with `--help`, and with a line on standard error and exit code 1 if it fails.
    pub fn start(&self, args: &[String]) -> ExitCode {
        if args.iter().any(|arg| arg == "--help" || arg == "-h") {
            screen::say(&format!(
                "{} ({})\nusage: {}",
                self.about, self.row, self.usage
            ));
            return ExitCode::SUCCESS;
        }
        match (self.run)(args) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                screen::complain(&format!("{}: {error}", self.name));
                ExitCode::FAILURE
            }
        }
    }
}

/// All programs, in the order of the sheets.
pub const PROGRAMS: &[Program] = &[
    Program {
        name: "echo-once-server",
        row: "A1",
        about: "TCP: echoes to one client until it closes, then ends",
        usage: "echo-once-server [--port N (50007)] [--bind ADDR (0.0.0.0)] [--form one|sequential|concurrent (one)]",
        run: echo::once_server,
    },
    Program {
        name: "echo-once-client",
        row: "A1",
        about: "TCP: sends `Hello, world` and shows the answer",
        usage: "echo-once-client [--host H (localhost)] [--port N (50007)]",
        run: turns::once_client,
    },
    Program {
        name: "echo-loop-server",
        row: "A2",
        about: "TCP: echoes to one client and shows what it sends",
        usage: "echo-loop-server [--port N (50007)] [--bind ADDR (0.0.0.0)] [--form one|sequential|concurrent (one)]",
        run: echo::loop_server,
    },
    Program {
        name: "echo-loop-client",
        row: "A2",
        about: "TCP: sends typed lines, shows each answer before it asks again",
        usage: "echo-loop-client [--host H (localhost)] [--port N (50007)]",
        run: turns::loop_client,
    },
    Program {
        name: "turns-server",
        row: "A3",
        about: "TCP: its user answers each message, one client after another",
        usage: "turns-server [--port N (50007)] [--bind ADDR (0.0.0.0)]",
        run: dialogue::turns_server,
    },
    Program {
        name: "turns-client",
        row: "A3",
        about: "TCP: sends typed lines, shows each answer before it asks again",
        usage: "turns-client [--host H (localhost)] [--port N (50007)]",
        run: turns::loop_client,
    },
    Program {
        name: "upper-server",
        row: "A4",
        about: "TCP: answers in upper case, one client after another",
        usage: "upper-server [--port N (50007)] [--bind ADDR (0.0.0.0)]",
        run: upper::server,
    },
    Program {
        name: "upper-client",
        row: "A4",
        about: "TCP: sends typed lines, shows each answer before it asks again",
        usage: "upper-client [--host H (localhost)] [--port N (50007)]",
        run: turns::loop_client,
    },
    Program {
        name: "udp-upper-server",
        row: "A6",
        about: "UDP: answers each datagram in upper case, of up to 1024 bytes",
        usage: "udp-upper-server [--port N (9000)] [--bind ADDR (127.0.0.1)]",
        run: udp::upper_server,
    },
    Program {
        name: "udp-upper-client",
        row: "A6",
        about: "UDP: sends typed lines, shows each answer and where it came from",
        usage: "udp-upper-client [--host H (127.0.0.1)] [--port N (9000)]",
        run: udp::upper_client,
    },
    Program {
        name: "once-server",
        row: "B1",
        about: "TCP: its user answers one message, then it ends",
        usage: "once-server [--port N (9999)] [--bind ADDR (127.0.0.1)]",
        run: dialogue::once_server,
    },
    Program {
        name: "once-client",
        row: "B1",
        about: "TCP: sends one typed line, shows the answer, then ends",
        usage: "once-client [--host H (localhost)] [--port N (9999)]",
        run: dialogue::once_client,
    },
    Program {
        name: "threads-server",
        row: "B2",
        about: "TCP: its user answers each message, a thread for each client",
        usage: "threads-server [--port N (9998)] [--bind ADDR (127.0.0.1)]",
        run: dialogue::threads_server,
    },
    Program {
        name: "threads-client",
        row: "B2",
        about: "TCP: sends typed lines behind `老王:` until `exit`, shows each answer",
        usage: "threads-client [--host H (localhost)] [--port N (9998)]",
        run: dialogue::threads_client,
    },
    Program {
        name: "gb2312-server",
        row: "C1",
        about: "TCP: answers a client or a browser in GB2312, one message each",
        usage: "gb2312-server [--port N (2333)] [--bind ADDR (127.0.0.1)]",
        run: gb2312::server,
    },
    Program {
        name: "gb2312-client",
        row: "C1",
        about: "TCP: sends typed lines in GB2312, each on a connection of its own, until an empty one",
        usage: "gb2312-client [--host H (127.0.0.1)] [--port N (2333)]",
        run: gb2312::client,
    },
    Program {
        name: "file-server",
        row: "C2",
        about: "TCP: saves the files that clients send",
        usage: "file-server [--port N (2333)] [--bind ADDR (127.0.0.1)] [--dir FOLDER (.)]",
        run: file::server,
    },
    Program {
        name: "file-client",
        row: "C2",
        about: "TCP: sends a file",
        usage: "file-client [--host H (127.0.0.1)] [--port N (2333)] [--file FILE]; asks for the file if it is not given",
        run: file::client,
    },
    Program {
        name: "upper-threads-server",
        row: "C3",
        about: "TCP: answers in upper case, a thread for each client, until its `exit`",
        usage: "upper-threads-server [--port N (2333)] [--bind ADDR (127.0.0.1)]",
        run: upper::threads_server,
    },
    Program {
        name: "pair-server",
        row: "C4",
        about: "TCP: two sides type whenever they like, until `exit`; waits for the other",
        usage: "pair-server [--port N (2333)] [--bind ADDR (127.0.0.1)]",
        run: pair::server,
    },
    Program {
        name: "pair-client",
        row: "C4",
        about: "TCP: two sides type whenever they like, until `exit`; calls the other",
        usage: "pair-client [--host H (localhost)] [--port N (2333)]",
        run: pair::client,
    },
    Program {
        name: "websocket-echo-server",
        row: "C5",
        about: "WebSocket: echoes each message",
        usage: "websocket-echo-server [--port N (8765)] [--bind ADDR (127.0.0.1)]",
        run: websocket::echo,
    },
    Program {
        name: "websocket-chat-server",
        row: "C5",
        about: "WebSocket: a room for many",
        usage: "websocket-chat-server [--port N (8765)] [--bind ADDR (127.0.0.1)]",
        run: websocket::chat,
    },
    Program {
        name: "websocket-client",
        row: "C5",
        about: "WebSocket: sends typed lines and shows what comes, both at once",
        usage: "websocket-client [--host H (localhost)] [--port N (8765)] [--path PATH (/)]",
        run: websocket::client,
    },
    Program {
        name: "http-server",
        row: "C6",
        about: "HTTP: a page for a browser",
        usage: "http-server [--port N (8080)] [--bind ADDR (127.0.0.1)]",
        run: http::server,
    },
    Program {
        name: "http-client",
        row: "C6",
        about: "HTTP: shows what a server answers",
        usage: "http-client [--host H (127.0.0.1)] [--port N (8080)] [--path PATH (/)]",
        run: http::client,
    },
    Program {
        name: "echo-server",
        row: "D1",
        about: "TCP: echoes to one client and shows what it sends",
        usage: "echo-server [--port N (3214)] [--bind ADDR (0.0.0.0)] [--form one|sequential|concurrent (one)]",
        run: echo::server,
    },
    Program {
        name: "echo-client",
        row: "D1",
        about: "TCP: sends typed lines, shows each answer on a line of its own",
        usage: "echo-client [--host H (localhost)] [--port N (3214)]",
        run: turns::client,
    },
    Program {
        name: "udp-echo-server",
        row: "D2",
        about: "UDP: echoes each datagram until `True` comes",
        usage: "udp-echo-server [--port N (3214)] [--bind ADDR (0.0.0.0)]",
        run: udp::echo_server,
    },
    Program {
        name: "udp-echo-client",
        row: "D2",
        about: "UDP: sends typed lines, shows each answer on a line of its own",
        usage: "udp-echo-client [--host H (127.0.0.1)] [--port N (3214)]",
        run: udp::echo_client,
    },
    Program {
        name: "chat-server",
        row: "E2, E3",
        about: "TCP: a chat with one client (p2p) or a room for many (hub)",
        usage: "chat-server [--port N] [--mode p2p|hub] [--max CLIENTS] [--bind ADDR (0.0.0.0)]; asks for what is not given",
        run: chat::server,
    },
    Program {
        name: "chat-client",
        row: "E1",
        about: "TCP: talks to a chat server, sending and receiving at once",
        usage: "chat-client [--host H] [--port N]; asks for what is not given",
        run: chat::client,
    },
    Program {
        name: "chat-turns-client",
        row: "E4",
        about: "TCP: talks to a chat server, sending and receiving by turns",
        usage: "chat-turns-client [--host H] [--port N]; asks for what is not given",
        run: chat::client_by_turns,
    },
    Program {
        name: "chat-poll-client",
        row: "E4",
        about: "TCP: talks to a chat server, both at once in a single thread",
        usage: "chat-poll-client [--host H] [--port N]; asks for what is not given",
        run: chat::client_polling,
    },
    Program {
        name: "udp-chat-server",
        row: "E4",
        about: "UDP: a room for whoever sends a datagram",
        usage: "udp-chat-server [--port N] [--max CLIENTS] [--bind ADDR (0.0.0.0)]; asks for what is not given",
        run: chat::udp_room,
    },
    Program {
        name: "udp-chat-client",
        row: "E4",
        about: "UDP: talks to a chat room, sending and receiving at once",
        usage: "udp-chat-client [--host H] [--port N]; asks for what is not given",
        run: chat::udp_client,
    },
];

/// The program of that name.
pub fn find(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name)
}

/// The whole `main` of the command `reference NAME [ARGUMENTS]`.
pub fn start() -> ExitCode {
    // args_os, because `std::env::args` panics at an argument that is not UTF-8.
    let args: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let name = args.first().map_or("", String::as_str);
    match find(name) {
        Some(program) => program.start(&args[1..]),
        None => {
            screen::complain(&format!("there is no program `{name}`"));
            ExitCode::FAILURE
        }
    }
}
