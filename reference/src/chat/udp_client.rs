//! E4: the chat client over UDP. Each line is a datagram, of up to 65507 bytes, that may be lost on its way.
//!
//! Nothing tells whether anybody receives: there is no connection that could fail.

use std::io;
use std::net::UdpSocket;
use std::sync::Arc;
use std::thread;

use super::{QUIT, questions};
use crate::address::resolve;
use crate::screen::{complain, read_line, say};
use crate::text::text;

/// Asks for the server, then sends lines and shows what comes from it, both at once, until `q` is typed.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let (host, port) = questions::server(args)?;
    let server = resolve(&host, port)?;
    let own = if server.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = Arc::new(UdpSocket::bind(own)?);
    say("可以开始聊天了！（输入q退出聊天）");

    let receiver = Arc::clone(&socket);
    thread::Builder::new().spawn(move || {
        let mut buffer = vec![0; 65536];
        while let Ok((length, sender)) = receiver.recv_from(&mut buffer) {
            // Anybody can send here; only the server is listened to.
            if sender == server {
                say(&format!("{host} : {}", text(&buffer[..length])));
            }
        }
    })?;
    let send = |message: &str| {
        if let Err(error) = socket.send_to(message.as_bytes(), server) {
            complain(&format!("cannot send: {error}"));
        }
    };
    // A server can't know of a client that has sent nothing.
    send("");
    loop {
        // The end of the input is a `q`.
        let line = read_line()?.unwrap_or_else(|| QUIT.to_owned());
        send(&line);
        if line == QUIT {
            say("聊天已结束");
            return Ok(());
        }
    }
}
