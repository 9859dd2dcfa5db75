//! E4: the chat client without threads.
//!
//! It sends and receives by turns, so a message that arrives while it waits for the keyboard isn't shown, and a line that
//! nobody answers is the last. Compare the client with two threads, and the one with poll(2).

use std::io::{self, Write};
use std::net::Shutdown;

use super::{QUIT, questions};
use crate::block::receive;
use crate::screen::{read_line, say};
use crate::text::text;

/// Asks for the server, then sends a line and waits for what comes, until either side ends it.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let (host, mut stream) = questions::connection(args)?;
    loop {
        // The end of the input is a `q`.
        let line = read_line()?.unwrap_or_else(|| QUIT.to_owned());
        // Nothing would be sent, and so nothing would be answered.
        if line.is_empty() {
            continue;
        }
        if stream.write_all(line.as_bytes()).is_err() || line == QUIT {
            break;
        }
        let Some(message) = receive(&stream) else {
            break;
        };
        say(&format!("{host} : {}", text(&message)));
    }
    let _ = stream.shutdown(Shutdown::Both);
    say("聊天已结束");
    Ok(())
}
