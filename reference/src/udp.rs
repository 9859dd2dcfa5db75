//! UDP: each datagram is answered for itself, echoed or in upper case (A6, D2).
//!
//! There is no connection, so nobody ever leaves, and a datagram may be lost: a client must never count on an answer.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::address::{python_address, receive_at, resolve};
use crate::options::Options;
use crate::screen::{complain, read_line, say, show};
use crate::text::{python_bytes, text, upper};

/// Longer than any datagram.
const LONGEST: usize = 65536;

/// How long a client waits for an answer before it asks for the next line; a later answer is still shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// A6: prints `recv  BYTES ADDR`; the rest of a datagram of more than 1024 bytes is lost, silently.
pub(crate) fn upper_server(args: &[String]) -> io::Result<()> {
    let socket = open(args, "127.0.0.1", 9000)?;
    let mut buffer = [0; 1024];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let data = &buffer[..length];
        // Two spaces, as Python prints `print('recv ', data, address)`.
        say(&format!(
            "recv  {} {}",
            python_bytes(data),
            python_address(sender)
        ));
        answer(&socket, &upper(data), sender);
    }
}

/// D2: prints `Receive String: TEXT`; the datagram `True` ends the server, unanswered.
pub(crate) fn echo_server(args: &[String]) -> io::Result<()> {
    let socket = open(args, "0.0.0.0", 3214)?;
    let mut buffer = vec![0; LONGEST];
    loop {
        let (length, sender) = socket.recv_from(&mut buffer)?;
        let data = &buffer[..length];
        say(&format!("Receive String: {}", text(data)));
        if data == b"True" {
            return Ok(());
        }
        answer(&socket, data, sender);
    }
}

/// A6: asks `>>: `, strips the line, prints `TEXT ADDR`.
pub(crate) fn upper_client(args: &[String]) -> io::Result<()> {
    let ask = || {
        show(">>: ");
        Ok(read_line()?.map(|line| line.trim().to_owned()))
    };
    talk(args, 9000, ask, |data, sender| {
        say(&format!("{} {}", text(data), python_address(sender)))
    })
}

/// D2: no prompt; each answer on a line of its own.
pub(crate) fn echo_client(args: &[String]) -> io::Result<()> {
    talk(args, 3214, read_line, |data, _| say(&text(data)))
}

fn open(args: &[String], host: &str, port: u16) -> io::Result<UdpSocket> {
    let options = Options::parse(args, &["--port", "--bind"])?;
    receive_at(
        options.text("--bind").unwrap_or(host),
        options.port_or(port)?,
    )
}

/// An answer that can't be sent is a lost datagram like any other: the server goes on.
fn answer(socket: &UdpSocket, data: &[u8], receiver: SocketAddr) {
    if let Err(error) = socket.send_to(data, receiver) {
        complain(&format!(
            "cannot answer {}: {error}",
            python_address(receiver)
        ));
    }
}

fn talk(
    args: &[String],
    port: u16,
    ask: impl Fn() -> io::Result<Option<String>>,
    tell: fn(&[u8], SocketAddr),
) -> io::Result<()> {
    let options = Options::parse(args, &["--host", "--port"])?;
    let server = resolve(
        options.text("--host").unwrap_or("127.0.0.1"),
        options.port_or(port)?,
    )?;
    let socket = Arc::new(UdpSocket::bind(if server.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    })?);
    let answers = tell_answers(Arc::clone(&socket), tell)?;
    while let Some(line) = ask()? {
        if line.is_empty() {
            continue;
        }
        // Answers that came too late have been shown, and are not the answer to this line.
        while answers.try_recv().is_ok() {}
        match socket.send_to(line.as_bytes(), server) {
            Ok(_) => _ = answers.recv_timeout(PATIENCE),
            Err(error) => complain(&format!("cannot send: {error}")),
        }
    }
    Ok(())
}

/// Shows every answer at once, in a thread of its own, so that a lost one doesn't keep the user from typing and a late one
/// isn't taken for the answer to the next line. Returns what tells of each.
fn tell_answers(socket: Arc<UdpSocket>, tell: fn(&[u8], SocketAddr)) -> io::Result<Receiver<()>> {
    let (shown, answers) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let mut buffer = vec![0; LONGEST];
        // No error is expected: a socket that isn't connected isn't even told that nobody receives at the other end.
        while let Ok((length, sender)) = socket.recv_from(&mut buffer) {
            tell(&buffer[..length], sender);
            if shown.send(()).is_err() {
                break;
            }
        }
    })?;
    Ok(answers)
}
