//! Upper case over TCP: clients are served one after another, without a restart (A4).
//!
//! While one client is served, the next waits in the backlog: that is the lesson of this sheet. For many clients at once see
//! the chat room.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use crate::address::{accept, listen_as_told, python_address};
use crate::screen::say;
use crate::text::{Characters, upper};

/// A4: prints `来了个新客人 PEER` for each client.
pub(crate) fn server(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "0.0.0.0", 50007)?;
    loop {
        let (stream, address) = accept(&listener);
        say(&format!("来了个新客人 {}", python_address(address)));
        // A client that is lost in the middle concerns nobody else: on to the next.
        let _ = serve(stream);
    }
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut block = [0; 4096];
    let mut characters = Characters::default();
    loop {
        let length = stream.read(&mut block)?;
        if length == 0 {
            return Ok(());
        }
        // Half a character has no upper case: it is answered together with its other half.
        let complete = characters.complete(&block[..length]);
        stream.write_all(&upper(&complete))?;
    }
}
