//! GB2312: an answer that a browser shows, and a client that asks for it (C1).
//!
//! Each connection carries one message and one answer. GBK, which every GB2312 text is also a text of, does the work, as
//! browsers do it (WHATWG Encoding Standard, label `gb2312`).

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use encoding_rs::GBK;

use crate::address::{accept, connect, listen_as_told};
use crate::block::{finish, receive_until};
use crate::options::Options;
use crate::screen::{complain, read_line, say, show};

/// A status line and an empty line, then a heading. The encoding stands in the page itself: no header tells it.
const ANSWER: &str =
    "HTTP/1.1 200 OK\r\n\r\n<meta charset=\"gb2312\"><h1>服务端已收到消息</h1>\r\n";

/// How long an answer may pause before it is taken for complete: some servers don't close the connection behind it.
const PATIENCE: Duration = Duration::from_millis(500);

/// C1: prints `服务端收到客户端发来的消息:TEXT` for each client, one after another.
pub(crate) fn server(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "127.0.0.1", 2333)?;
    loop {
        let (mut stream, _) = accept(&listener);
        if let Some(message) = receive_until(&stream, is_whole) {
            say(&format!("服务端收到客户端发来的消息:{}", text(&message)));
            // A client that is gone gets no answer, and concerns nobody else.
            let _ = stream.write_all(&GBK.encode(ANSWER).0);
            finish(&stream);
        }
    }
}

/// C1: asks `>>` until an empty line, prints `客户端收到服务器回复的消息:TEXT`.
pub(crate) fn client(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--host", "--port"])?;
    let host = options.text("--host").unwrap_or("127.0.0.1");
    let port = options.port_or(2333)?;
    loop {
        show(">>");
        let line = read_line()?.unwrap_or_default();
        if line.is_empty() {
            say("connect close..");
            return Ok(());
        }
        let (message, _, unknown) = GBK.encode(&line);
        if unknown {
            complain("this can't be written in GB2312");
            continue;
        }
        let mut stream = connect(host, port)?;
        stream.write_all(&message)?;
        let answer = receive_all(&stream)?;
        say(&format!("客户端收到服务器回复的消息:{}", text(&answer)));
    }
}

/// Receives until the server closes the connection, or says nothing more after it has begun.
fn receive_all(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    let mut block = [0; 4096];
    loop {
        match stream.read(&mut block) {
            Ok(0) => return Ok(answer),
            Ok(length) => answer.extend_from_slice(&block[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if answer.is_empty() => return Err(error),
            Err(_) => return Ok(answer),
        }
        stream.set_read_timeout(Some(PATIENCE))?;
    }
}

/// The text of these bytes, with U+FFFD for what is no GBK.
fn text(bytes: &[u8]) -> String {
    GBK.decode_without_bom_handling(bytes).0.into_owned()
}

/// Whether the last character is complete: a byte from 0x81 on begins one of two bytes, whatever the second is.
fn is_whole(bytes: &[u8]) -> bool {
    let mut bytes = bytes.iter();
    while let Some(&byte) = bytes.next() {
        if byte > 0x80 && bytes.next().is_none() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{is_whole, text};

    #[test]
    fn a_cut_character_is_seen() {
        let bytes = encoding_rs::GBK.encode("a你好").0.into_owned();
        let whole: Vec<bool> = (0..=bytes.len())
            .map(|end| is_whole(&bytes[..end]))
            .collect();
        assert_eq!(whole, [true, true, false, true, false, true]);
        assert_eq!(text(&bytes), "a你好");
        assert_eq!(text(b"a\xff"), "a\u{fffd}");
    }
}
