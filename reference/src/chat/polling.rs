//! E4: the chat client in a single thread, both directions at once: poll(2) tells which of them has something.
//!
//! Waits for neither of the two alone, not even to send: what the server doesn't take yet is kept until it does.

use std::collections::VecDeque;
use std::io::{self, BufRead, ErrorKind, Read, Stdin, Write};
use std::mem;
use std::net::{Shutdown, TcpStream};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;

use super::{QUIT, questions};
use crate::screen::say;
use crate::text::{Characters, text};

/// Asks for the server, then talks to it until either side ends it.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let (host, stream) = questions::connection(args)?;
    // A short message leaves at once instead of waiting for the one before it to be acknowledged.
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    // A connection that is lost ends the chat like one that is closed.
    let _ = converse(&host, &stream);
    let _ = stream.shutdown(Shutdown::Both);
    say("聊天已结束");
    Ok(())
}

fn converse(host: &str, mut stream: &TcpStream) -> io::Result<()> {
    let keyboard = io::stdin();
    let mut typed = Typed::default();
    let mut characters = Characters::default();
    let mut block = [0; 4096];
    loop {
        let (network, keys) = wait(stream, &keyboard, &typed)?;
        if network.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            match at_once(stream.read(&mut block))? {
                Some(0) => {
                    show(host, &characters.rest());
                    return Ok(());
                }
                length => show(host, &characters.complete(&block[..length.unwrap_or(0)])),
            }
        }
        if let Some(message) = typed.messages.front_mut()
            && network.contains(PollFlags::OUT)
        {
            let sent = at_once(stream.write(message))?.unwrap_or(0);
            message.drain(..sent);
            if message.is_empty() {
                typed.messages.pop_front();
            }
            if typed.messages.is_empty() && typed.quit {
                return Ok(());
            }
        }
        if !keys.is_empty() {
            typed.read(&keyboard)?;
        }
    }
}

/// Waits until something can be done; says what the connection and the keyboard are ready for. While there is something to
/// send, nothing more is read from the keyboard.
fn wait(stream: &TcpStream, keyboard: &Stdin, typed: &Typed) -> io::Result<(PollFlags, PollFlags)> {
    let mut both = [
        PollFd::new(stream, PollFlags::IN | PollFlags::OUT),
        PollFd::new(keyboard, PollFlags::IN),
    ];
    let watched = if typed.messages.is_empty() {
        both[0] = PollFd::new(stream, PollFlags::IN);
        &mut both[..]
    } else {
        &mut both[..1]
    };
    retry_on_intr(|| poll(watched, None))?;
    Ok((both[0].revents(), both[1].revents()))
}

/// What a call that doesn't wait has done; `None` if it would have had to wait after all.
fn at_once(done: io::Result<usize>) -> io::Result<Option<usize>> {
    match done {
        Ok(length) => Ok(Some(length)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn show(host: &str, message: &[u8]) {
    if !message.is_empty() {
        say(&format!("{host} : {}", text(message)));
    }
}

/// What comes from the keyboard, cut into messages.
#[derive(Default)]
struct Typed {
    unfinished: Vec<u8>,
    /// Lines that have not been sent, or not wholly.
    messages: VecDeque<Vec<u8>>,
    /// Whether the last of them is `q`.
    quit: bool,
}

impl Typed {
    /// Takes all that lies in the buffer of standard input: of what stays there poll(2) would know nothing.
    fn read(&mut self, keyboard: &Stdin) -> io::Result<()> {
        let mut keyboard = keyboard.lock();
        let block = keyboard.fill_buf()?;
        let length = block.len();
        // Without its line end the last piece is the beginning of the next line.
        for piece in block.split_inclusive(|&byte| byte == b'\n') {
            self.unfinished.extend(piece);
            if piece.ends_with(b"\n") {
                self.finish_line();
            }
        }
        keyboard.consume(length);
        if length == 0 {
            // The end of the input is a `q`, after a last line without its end.
            self.finish_line();
            self.unfinished.extend(QUIT.as_bytes());
            self.finish_line();
        }
        Ok(())
    }

    fn finish_line(&mut self) {
        let mut line = mem::take(&mut self.unfinished);
        while line.ends_with(b"\n") || line.ends_with(b"\r") {
            line.pop();
        }
        // Nothing comes after a `q`.
        if !line.is_empty() && !self.quit {
            self.quit = line == QUIT.as_bytes();
            self.messages.push_back(line);
        }
    }
}
