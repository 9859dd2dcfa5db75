//! C6: asks a server for one page and shows the answer: status line, headers, an empty line, body.

use std::io::{self, Error, ErrorKind, Read, Write};

use httparse::{EMPTY_HEADER, Status};

use crate::address::connect;
use crate::options::Options;
use crate::screen::show;
use crate::text::text;

/// Asks as HTTP/1.0 does: the server closes the connection behind its answer.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--host", "--port", "--path"])?;
    let host = options.text("--host").unwrap_or("127.0.0.1");
    let path = options.text("--path").unwrap_or("/");
    let port = options.port_or(8080)?;
    let mut stream = connect(host, port)?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    show(&text(&answer));
    check(&answer)
}

/// That the answer is one, and whole.
fn check(answer: &[u8]) -> io::Result<()> {
    let mut headers = [EMPTY_HEADER; 100];
    let mut head = httparse::Response::new(&mut headers);
    let length = match head.parse(answer) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Err(wrong("the answer ends among its headers".to_owned())),
        Err(error) => return Err(wrong(format!("this is no HTTP: {error}"))),
    };
    let body = answer.len() - length;
    let announced = head
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"));
    match announced.and_then(|header| text(header.value).trim().parse::<usize>().ok()) {
        Some(announced) if announced != body => {
            Err(wrong(format!("only {body} of {announced} bytes came")))
        }
        _ => Ok(()),
    }
}

fn wrong(trouble: String) -> Error {
    Error::new(ErrorKind::InvalidData, trouble)
}
