//! One block from a connection, and an end that loses nothing.
//!
//! A block is what one read brings, for programs that take it for a message. Knows nothing of what is said.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::text::unfinished_at_end;

/// The next block, with the rest of a UTF-8 character that was cut at its end. `None` when the other side has closed or reset
/// the connection: reading on would return at once, for ever.
pub(crate) fn receive(stream: &TcpStream) -> Option<Vec<u8>> {
    receive_until(stream, |block| unfinished_at_end(block) == 0)
}

/// The next block, with what follows until it is whole.
pub(crate) fn receive_until(
    mut stream: &TcpStream,
    is_whole: impl Fn(&[u8]) -> bool,
) -> Option<Vec<u8>> {
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        match stream.read(&mut block) {
            Ok(0) => break,
            Ok(length) => received.extend_from_slice(&block[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        }
        if is_whole(&received) {
            break;
        }
    }
    (!received.is_empty()).then_some(received)
}

/// How long the other side may take to see an answer before the connection is gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// Closes a connection behind an answer. Linux resets a connection that is closed while something lies unread, and a reset
/// takes with it what is still on its way to the other side; so the rest is read first.
pub(crate) fn finish(mut stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let started = Instant::now();
    let mut block = [0; 4096];
    while started.elapsed() < PATIENCE && matches!(stream.read(&mut block), Ok(1..)) {}
}
