//! Both directions of a connection at once, a thread for each: one waits for the keyboard, the other for the connection.
//!
//! Neither may decide what the end means: they only tell how it came about. The thread at the keyboard can't be woken;
//! whoever starts it must not wait for it, and it goes when the program ends.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::{Builder, JoinHandle};

use crate::screen::read_line;
use crate::text::{Characters, is_word, text};

/// Why a conversation is over.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// Our own user typed the quit word, which has been sent.
    UserQuit,
    /// Nothing more will be typed.
    InputEnded,
    /// The other side sent the quit word.
    PeerQuit,
    /// The connection was closed or lost.
    Closed,
}

/// Sends each typed line, raw and without its line end, until the quit word.
pub(crate) fn send_typed(
    stream: &Arc<TcpStream>,
    quit: &'static str,
    ended: Sender<End>,
) -> io::Result<()> {
    // A short message leaves at once instead of waiting for the one before it to be acknowledged.
    stream.set_nodelay(true)?;
    let stream = Arc::clone(stream);
    Builder::new().spawn(move || {
        // The conversation may have ended already; then nobody wants to know.
        let _ = ended.send(type_lines(&stream, quit));
    })?;
    Ok(())
}

fn type_lines(mut stream: &TcpStream, quit: &str) -> End {
    while let Ok(Some(line)) = read_line() {
        if stream.write_all(line.as_bytes()).is_err() {
            return End::Closed;
        }
        if line == quit {
            return End::UserQuit;
        }
    }
    End::InputEnded
}

/// Shows the text of each message. The quit word of the other side ends it if there is one, else every word is a message.
pub(crate) fn show_received(
    stream: &Arc<TcpStream>,
    quit: Option<&'static str>,
    show: impl Fn(&str) + Send + 'static,
    ended: Sender<End>,
) -> io::Result<JoinHandle<()>> {
    let stream = Arc::clone(stream);
    Builder::new().spawn(move || {
        let _ = ended.send(receive(&stream, quit, show));
    })
}

fn receive(mut stream: &TcpStream, quit: Option<&str>, show: impl Fn(&str)) -> End {
    let mut block = [0; 4096];
    let mut characters = Characters::default();
    // An empty read is the end: reading on would return at once, for ever. A reset ends it too.
    while let Ok(length @ 1..) = stream.read(&mut block) {
        let message = characters.complete(&block[..length]);
        if quit.is_some_and(|quit| is_word(&message, quit)) {
            return End::PeerQuit;
        }
        if !message.is_empty() {
            show(&text(&message));
        }
    }
    let rest = characters.rest();
    if !rest.is_empty() {
        show(&text(&rest));
    }
    End::Closed
}
