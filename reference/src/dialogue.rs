//! Servers whose user answers each message by typing (A3, B1, B2), and the clients of sheet B.
//!
//! Each side sends and receives by turns: while it waits for the keyboard it doesn't hear its connection, and a message that
//! nobody has answered yet keeps its sender waiting. That is the lesson of these sheets; the chat does better.

use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::address::{accept, connect_as_told, listen_as_told, python_address};
use crate::block::receive;
use crate::screen::{complain, read_line, say, show};
use crate::text::text;

const PROMPT: &str = "请输入 >>> :";

/// A3: one client after another; prints `recv from Alex: PEER TEXT`, asks `>>>`, prints `send to alex: TEXT`.
pub(crate) fn turns_server(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "0.0.0.0", 50007)?;
    loop {
        let (stream, address) = accept(&listener);
        let peer = python_address(address);
        let hear = |message: &str| say(&format!("recv from Alex: {peer} {message}"));
        let sent = |answer: &str| say(&format!("send to alex: {answer}"));
        if answer_each(&stream, hear, ">>>", sent) == End::InputEnded {
            return Ok(());
        }
    }
}

/// B1: one message, one answer, and the program ends.
pub(crate) fn once_server(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "127.0.0.1", 9999)?;
    say("---服务已经启动---");
    let (mut stream, address) = accept(&listener);
    say(&format!("客户端的地址 >>> : {}", python_address(address)));
    if let Some(message) = receive(&stream) {
        say(&format!("接收客户端的数据 >>> : {}", text(&message)));
        if let Some(answer) = ask(PROMPT) {
            stream.write_all(answer.as_bytes())?;
        }
    }
    Ok(())
}

/// B1: asks, sends, shows the answer, and ends.
pub(crate) fn once_client(args: &[String]) -> io::Result<()> {
    let stream = connect_as_told(args, 9999)?;
    say("服务端连接成功");
    if let Some(message) = ask(PROMPT) {
        exchange(&stream, &message);
    }
    Ok(())
}

/// B2: a thread for each client. They share the keyboard: it belongs to the client whose prompt was shown last.
pub(crate) fn threads_server(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "127.0.0.1", 9998)?;
    loop {
        let (stream, _) = accept(&listener);
        say("聊天服务器上线了");
        let talk = move || {
            if answer_each(&stream, say, PROMPT, |_| {}) == End::ClientLeft {
                say("一个客户端关闭了连接");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(talk) {
            complain(&format!("cannot serve a client: {error}"));
        }
    }
}

/// B2: sends each line behind `老王:`; the line `exit` ends it and is not sent.
pub(crate) fn threads_client(args: &[String]) -> io::Result<()> {
    let stream = connect_as_told(args, 9998)?;
    while let Some(line) = ask(PROMPT).filter(|line| line != "exit") {
        if !exchange(&stream, &format!("老王:{line}")) {
            break;
        }
    }
    Ok(())
}

#[derive(PartialEq)]
enum End {
    /// The client closed the connection or was lost.
    ClientLeft,
    /// Nothing more will be typed.
    InputEnded,
}

/// Answers one client's messages, each with a typed line, until either side has no more.
fn answer_each(
    mut stream: &TcpStream,
    hear: impl Fn(&str),
    prompt: &str,
    sent: impl Fn(&str),
) -> End {
    while let Some(message) = receive(stream) {
        hear(&text(&message));
        let Some(answer) = ask(prompt) else {
            return End::InputEnded;
        };
        if stream.write_all(answer.as_bytes()).is_err() {
            break;
        }
        sent(&answer);
    }
    End::ClientLeft
}

/// Sends a message and shows the answer to it. Says whether there was one.
fn exchange(mut stream: &TcpStream, message: &str) -> bool {
    let sent = stream.write_all(message.as_bytes());
    match sent.ok().and_then(|()| receive(stream)) {
        Some(answer) => say(&format!("接收服务端的数据 >>> : {}", text(&answer))),
        None => {
            complain("the server has closed the connection");
            return false;
        }
    }
    true
}

/// Asks for a line that isn't empty: nothing can't be sent, and the other side would wait for it for ever. `None` when the
/// input has ended. Only one asks at a time.
fn ask(prompt: &str) -> Option<String> {
    static KEYBOARD: Mutex<()> = Mutex::new(());
    let _ours = KEYBOARD.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        show(prompt);
        let line = read_line().ok()??;
        if !line.is_empty() {
            return Some(line);
        }
    }
}
