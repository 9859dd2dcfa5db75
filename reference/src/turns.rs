//! Clients that send and receive by turns: a line is typed, sent, and answered before the next is asked for (A1, A2, A3, A4, D1).
//!
//! Never the right form for a chat: what comes while the user types isn't seen. See the chat client for both at once.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::address::connect_as_told;
use crate::screen::{complain, read_line, say, show};
use crate::text::{python_bytes, text, unfinished_at_end};

/// How long an answer that is shorter than what was sent may still grow.
const PATIENCE: Duration = Duration::from_millis(500);

/// A1: sends `Hello, world`, prints `Received b'Hello, world'`.
pub(crate) fn once_client(args: &[String]) -> io::Result<()> {
    let mut stream = connect_as_told(args, 50007)?;
    let answer = exchange(&mut stream, b"Hello, world")?;
    say(&format!("Received {}", python_bytes(&answer)));
    Ok(())
}

/// A2, A3 and A4: asks `>>>:`, strips the line, prints `Received TEXT`.
pub(crate) fn loop_client(args: &[String]) -> io::Result<()> {
    let ask = || {
        show(">>>:");
        Ok(read_line()?.map(|line| line.trim().to_owned()))
    };
    by_turns(args, 50007, ask, |answer| {
        say(&format!("Received {answer}"))
    })
}

/// D1: no prompt; each answer on a line of its own.
pub(crate) fn client(args: &[String]) -> io::Result<()> {
    by_turns(args, 3214, read_line, say)
}

fn by_turns(
    args: &[String],
    port: u16,
    ask: impl Fn() -> io::Result<Option<String>>,
    tell: impl Fn(&str),
) -> io::Result<()> {
    let mut stream = connect_as_told(args, port)?;
    while let Some(line) = ask()? {
        // Nothing would be sent, and so nothing would be answered.
        if line.is_empty() {
            continue;
        }
        let answer = exchange(&mut stream, line.as_bytes()).unwrap_or_default();
        if answer.is_empty() {
            complain("the server has closed the connection");
            break;
        }
        tell(&text(&answer));
    }
    Ok(())
}

/// Sends and waits for the answer; an empty one means that the server has closed the connection.
///
/// One read need not bring the whole answer. An echo is as long as what was sent; a server that answers with less is given
/// a moment, because its answer looks the same as one whose rest is still on its way. Half a character always has a rest.
fn exchange(stream: &mut TcpStream, message: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(message)?;
    let mut answer = Vec::new();
    let mut block = [0; 4096];
    loop {
        let unfinished = unfinished_at_end(&answer) > 0;
        if answer.len() >= message.len() && !unfinished {
            return Ok(answer);
        }
        let as_long_as_it_takes = answer.is_empty() || unfinished;
        stream.set_read_timeout(if as_long_as_it_takes {
            None
        } else {
            Some(PATIENCE)
        })?;
        match stream.read(&mut block) {
            Ok(0) => return Ok(answer),
            Ok(length) => answer.extend_from_slice(&block[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // WouldBlock is what the end of our patience looks like.
            Err(error) if error.kind() == ErrorKind::WouldBlock || !answer.is_empty() => {
                return Ok(answer);
            }
            Err(error) => return Err(error),
        }
    }
}
