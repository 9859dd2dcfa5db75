//! One block from a connection.
//!
//! A block is what one read brings, for programs that take it for a message. Knows nothing of what is said.

use std::io::{self, Read};
use std::net::TcpStream;

use crate::text::unfinished_at_end;

/// The next block, with the rest of a character that was cut at its end. `None` when the other side has closed or reset the
/// connection: reading on would return at once, for ever.
pub(crate) fn receive(mut stream: &TcpStream) -> Option<Vec<u8>> {
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        match stream.read(&mut block) {
            Ok(0) => break,
            Ok(length) => received.extend_from_slice(&block[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        }
        if unfinished_at_end(&received) == 0 {
            break;
        }
    }
    (!received.is_empty()).then_some(received)
}
