//! Both directions of a chat at once, a thread for each: one waits for the keyboard, the other for the connection.
//!
//! Neither may decide what the end means: they only tell how it came about. The thread at the keyboard can't be woken;
//! whoever starts it must not wait for it, and it goes when the program ends.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::{Builder, JoinHandle};

use super::is_quit;
use crate::screen::{read_line, say};
use crate::text::{Characters, text};

/// Why a conversation is over.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum End {
    /// Our own user typed `q`, which has been sent.
    UserQuit,
    /// Nothing more will be typed.
    InputEnded,
    /// The other side sent `q`.
    PeerQuit,
    /// The connection was closed or lost.
    Closed,
}

/// Sends each typed line, raw and without its line end, until `q`.
pub(super) fn send_typed(stream: &Arc<TcpStream>, ended: Sender<End>) -> io::Result<()> {
    // A short message leaves at once instead of waiting for the one before it to be acknowledged.
    stream.set_nodelay(true)?;
    let stream = Arc::clone(stream);
    Builder::new().spawn(move || {
        // The chat may have ended already; then nobody wants to know.
        let _ = ended.send(type_lines(&stream));
    })?;
    Ok(())
}

fn type_lines(mut stream: &TcpStream) -> End {
    while let Ok(Some(line)) = read_line() {
        if stream.write_all(line.as_bytes()).is_err() {
            return End::Closed;
        }
        if line == "q" {
            return End::UserQuit;
        }
    }
    End::InputEnded
}

/// Shows each message as `NAME : TEXT`. A `q` from the other side ends it if `heed_quit`, else it's a message like any other.
pub(super) fn show_received(
    stream: &Arc<TcpStream>,
    name: String,
    heed_quit: bool,
    ended: Sender<End>,
) -> io::Result<JoinHandle<()>> {
    let stream = Arc::clone(stream);
    Builder::new().spawn(move || {
        let _ = ended.send(receive(&stream, &name, heed_quit));
    })
}

fn receive(mut stream: &TcpStream, name: &str, heed_quit: bool) -> End {
    let mut block = [0; 4096];
    let mut characters = Characters::default();
    // An empty read is the end: reading on would return at once, for ever. A reset ends it too.
    while let Ok(length @ 1..) = stream.read(&mut block) {
        let message = characters.complete(&block[..length]);
        if heed_quit && is_quit(&message) {
            return End::PeerQuit;
        }
        show_message(name, &message);
    }
    show_message(name, &characters.rest());
    End::Closed
}

fn show_message(name: &str, message: &[u8]) {
    if !message.is_empty() {
        say(&format!("{name} : {}", text(message)));
    }
}
