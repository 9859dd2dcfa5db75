//! C6: asks a server for one page and shows the answer: status line, headers, an empty line, body.

use std::io::{self, Error, ErrorKind, Read, Write};

use httparse::{EMPTY_HEADER, Response, Status, parse_chunk_size};

use crate::address::connect;
use crate::options::Options;
use crate::screen::show;
use crate::text::text;

/// Asks for one page and no more. The answer ends where it says (RFC 9112, 6.3), whether the server closes the connection or not.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let options = Options::parse(args, &["--host", "--port", "--path"])?;
    let host = options.text("--host").unwrap_or("127.0.0.1");
    let path = options.text("--path").unwrap_or("/");
    let port = options.port_or(8080)?;
    let mut stream = connect(host, port)?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut block = [0; 4096];
    loop {
        let length = stream.read(&mut block)?;
        answer.extend_from_slice(&block[..length]);
        match page(&answer, length == 0) {
            Ok(Some(page)) => {
                show(&text(&page));
                return Ok(());
            }
            Ok(None) => {}
            Err(trouble) => {
                show(&text(&answer));
                return Err(trouble);
            }
        }
    }
}

/// The head and the body of an answer, without the lengths of its chunks; `None` while more of it must come. `ended`: nothing more comes.
fn page(answer: &[u8], ended: bool) -> io::Result<Option<Vec<u8>>> {
    let mut headers = [EMPTY_HEADER; 100];
    let mut head = Response::new(&mut headers);
    let length = match head.parse(answer) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) if ended => return Err(wrong("the answer ends among its headers")),
        Ok(Status::Partial) => return Ok(None),
        Err(error) => return Err(wrong(&format!("this is no HTTP: {error}"))),
    };
    let (front, rest) = answer.split_at(length);
    let value = |name: &str| {
        let mut headers = head.headers.iter();
        let header = headers.find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(text(header.value).trim().to_ascii_lowercase())
    };
    let announced = value("Content-Length").and_then(|length| length.parse::<usize>().ok());
    let body = if value("Transfer-Encoding").as_deref() == Some("chunked") {
        match chunks(rest)? {
            None if ended => return Err(wrong("the last chunk is missing")),
            body => body,
        }
    } else {
        match announced {
            Some(length) if rest.len() >= length => Some(rest[..length].to_vec()),
            Some(length) if ended => {
                let trouble = format!("only {} of {length} bytes came", rest.len());
                return Err(wrong(&trouble));
            }
            None if ended => Some(rest.to_vec()),
            _ => None,
        }
    };
    Ok(body.map(|body| [front, &body].concat()))
}

/// What the chunks hold; `None` while the last one, of length 0, is missing.
fn chunks(mut rest: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let (start, size) = match parse_chunk_size(rest) {
            Ok(Status::Complete((start, size))) => (start, size),
            Ok(Status::Partial) => return Ok(None),
            Err(_) => return Err(wrong("a chunk has no length")),
        };
        if size == 0 {
            return Ok(Some(body));
        }
        let end = usize::try_from(size).map_or(usize::MAX, |size| start.saturating_add(size));
        // A line end stands behind each chunk.
        let Some(behind) = rest.get(end.saturating_add(2)..) else {
            return Ok(None);
        };
        body.extend_from_slice(&rest[start..end]);
        rest = behind;
    }
}

fn wrong(trouble: &str) -> Error {
    Error::new(ErrorKind::InvalidData, trouble)
}
