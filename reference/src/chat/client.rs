//! E1: the chat client.
//!
//! Doesn't look into what it shows: whether the server is a hub or a single user makes no difference here.

use std::io::{self, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::mpsc;

use super::{QUIT, questions};
use crate::duplex::{End, send_typed, show_received};
use crate::screen::say;

/// Asks for the server, then talks to it until either side ends it.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let (host, stream) = questions::connection(args)?;
    let stream = Arc::new(stream);
    let (ended, end) = mpsc::channel();
    let show = move |text: &str| say(&format!("{host} : {text}"));
    let receiver = show_received(&stream, None, show, ended.clone())?;
    send_typed(&stream, QUIT, ended)?;
    // Whichever comes first: `q`, the end of the input, or the server's leaving. In the last case the other thread still
    // waits for the keyboard; it is not waited for, and ends with the program.
    if end.recv() == Ok(End::InputEnded) {
        let _ = (&*stream).write_all(QUIT.as_bytes());
    }
    let _ = stream.shutdown(Shutdown::Both);
    // The connection being closed, the receiver ends at once; what it still shows comes before the last line.
    let _ = receiver.join();
    say("聊天已结束");
    Ok(())
}
