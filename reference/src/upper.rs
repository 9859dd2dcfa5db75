//! Upper case over TCP: one client after another (A4), or a thread for each (C3).
//!
//! While A4 serves one client, the next waits in the backlog: that is the lesson of its sheet, and C3 is the answer to it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;

use crate::address::{accept, listen_as_told, python_address};
use crate::screen::{complain, say};
use crate::text::{Characters, python_bytes, upper};

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

/// C3: starts with `服务器已开启`, prints `receive from ADDR:BYTES` for what each read of up to 2048 bytes brings.
pub(crate) fn threads_server(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "127.0.0.1", 2333)?;
    say("服务器已开启");
    loop {
        let (stream, address) = accept(&listener);
        let peer = python_address(address);
        let thread = thread::Builder::new().spawn(move || serve_until_exit(stream, &peer));
        if let Err(error) = thread {
            complain(&format!("cannot serve a client: {error}"));
        }
    }
}

/// Serves one client until it closes or is lost, or sends `exit`, which is answered and prints `server exit`.
fn serve_until_exit(mut stream: TcpStream, peer: &str) -> io::Result<()> {
    let mut block = [0; 2048];
    let mut characters = Characters::default();
    loop {
        let length = stream.read(&mut block)?;
        if length == 0 {
            return Ok(());
        }
        let complete = characters.complete(&block[..length]);
        let message = complete.trim_ascii();
        if message.is_empty() {
            continue;
        }
        say(&format!("receive from {peer}:{}", python_bytes(message)));
        stream.write_all(&upper(message))?;
        if message == b"exit" {
            say("server exit");
            return Ok(());
        }
    }
}
