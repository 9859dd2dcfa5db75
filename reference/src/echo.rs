//! Echo over TCP: every byte comes back. One client, and the program ends when the client does (A1, A2, D1); with `--form` also
//! one client after another, or all at once.
//!
//! The three sheets differ in their port and in what they print. What is echoed are the bytes themselves, never the text
//! that was made of them for the screen.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;

use crate::address::{accept, listen, python_address};
use crate::options::Options;
use crate::screen::say;
use crate::text::{Characters, text};

/// A1: prints `Connected by PEER`, and nothing of what comes.
pub(crate) fn once_server(args: &[String]) -> io::Result<()> {
    serve(
        args,
        50007,
        |peer| say(&format!("Connected by {peer}")),
        |_, _| {},
    )
}

/// A2: prints `server recv: PEER TEXT` for each block.
pub(crate) fn loop_server(args: &[String]) -> io::Result<()> {
    serve(
        args,
        50007,
        |_| {},
        |peer, text| say(&format!("server recv: {peer} {text}")),
    )
}

/// D1: prints `Client Address: PEER`, then `Recieve Data: TEXT` for each block (the sheet's own spelling).
pub(crate) fn server(args: &[String]) -> io::Result<()> {
    serve(
        args,
        3214,
        |peer| say(&format!("Client Address: {peer}")),
        |_, text| say(&format!("Recieve Data: {text}")),
    )
}

fn serve(args: &[String], port: u16, greet: fn(&str), show: fn(&str, &str)) -> io::Result<()> {
    let options = Options::parse(args, &["--port", "--bind", "--form"])?;
    let form = options.value("--form", form)?.unwrap_or(Form::One);
    let listener = listen(
        options.text("--bind").unwrap_or("0.0.0.0"),
        options.port_or(port)?,
    )?;
    loop {
        let (stream, address) = accept(&listener);
        let peer = python_address(address);
        greet(&peer);
        let talk = move || echo(stream, |text| show(&peer, text));
        match form {
            Form::One => {
                talk();
                return Ok(());
            }
            Form::Sequential => talk(),
            Form::Concurrent => {
                thread::spawn(talk);
            }
        }
    }
}

/// How many clients are served.
#[derive(Clone, Copy)]
enum Form {
    One,
    Sequential,
    Concurrent,
}

fn form(text: &str) -> Result<Form, String> {
    match text {
        "one" => Ok(Form::One),
        "sequential" => Ok(Form::Sequential),
        "concurrent" => Ok(Form::Concurrent),
        _ => Err("one, sequential or concurrent".to_owned()),
    }
}

/// Echoes until the client is gone, whether it closed the connection or reset it.
fn echo(mut stream: TcpStream, show: impl Fn(&str)) {
    let mut block = [0; 4096];
    let mut characters = Characters::default();
    // An empty read is the end: reading on would return at once, for ever.
    while let Ok(length @ 1..) = stream.read(&mut block) {
        let complete = characters.complete(&block[..length]);
        if !complete.is_empty() {
            show(&text(&complete));
        }
        if stream.write_all(&block[..length]).is_err() {
            break;
        }
    }
    let rest = characters.rest();
    if !rest.is_empty() {
        show(&text(&rest));
    }
}
