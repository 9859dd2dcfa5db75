//! C6: a page for a browser, a thread for each connection, any number of requests on each.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::SystemTime;

use httparse::{EMPTY_HEADER, Error, Status};

use crate::address::{accept, listen_as_told, python_address};
use crate::block::finish;
use crate::screen::{complain, say};

/// The longest request line with its headers, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

const PAGE: &str =
    "<!DOCTYPE html>\n<html lang=\"zh\"><title>首页</title><h1>你好，浏览器！</h1></html>\n";

/// Answers for ever; prints `PEER METHOD TARGET STATUS` for each request.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let listener = listen_as_told(args, "127.0.0.1", 8080)?;
    loop {
        let (stream, address) = accept(&listener);
        let peer = python_address(address);
        let thread = thread::Builder::new().spawn(move || {
            // A client that is lost concerns nobody else.
            let _ = serve(&stream, &peer);
            finish(&stream);
        });
        if let Err(error) = thread {
            complain(&format!("cannot serve a client: {error}"));
        }
    }
}

/// Answers one request after another until the client has no more, or one that leaves unclear where the next begins.
fn serve(mut stream: &TcpStream, peer: &str) -> io::Result<()> {
    let mut unread = Vec::new();
    let mut block = [0; 4096];
    loop {
        let answer = match Request::take(&mut unread) {
            Ok(Some(request)) => {
                let answer = request.answer();
                say(&format!(
                    "{peer} {} {} {}",
                    request.method, request.target, answer.status
                ));
                answer
            }
            Ok(None) if unread.len() < LONGEST_HEAD => {
                let length = stream.read(&mut block)?;
                if length == 0 {
                    return Ok(());
                }
                unread.extend_from_slice(&block[..length]);
                continue;
            }
            Ok(None) => Answer::last("431 Request Header Fields Too Large"),
            Err(status) => Answer::last(status),
        };
        stream.write_all(answer.text().as_bytes())?;
        if answer.is_last {
            return Ok(());
        }
    }
}

/// A request as far as it matters here.
struct Request {
    method: String,
    target: String,
    /// Whether it says of which host it wants something; an HTTP/1.1 request must.
    has_host: bool,
    /// Whether another may follow on the same connection.
    is_last: bool,
    /// Whether something follows that belongs to this one.
    has_body: bool,
}

impl Request {
    /// Takes the first request out of what has come. `None` if it isn't complete, a status if it's none.
    fn take(unread: &mut Vec<u8>) -> Result<Option<Request>, &'static str> {
        let mut headers = [EMPTY_HEADER; 100];
        let mut head = httparse::Request::new(&mut headers);
        let length = match head.parse(unread) {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) => return Ok(None),
            Err(Error::TooManyHeaders) => return Err("431 Request Header Fields Too Large"),
            Err(Error::Version) => return Err("505 HTTP Version Not Supported"),
            Err(_) => return Err("400 Bad Request"),
        };
        let is_old = head.version == Some(0);
        let values = |name: &'static str| {
            let named = head
                .headers
                .iter()
                .filter(move |header| header.name.eq_ignore_ascii_case(name));
            named.map(|header| String::from_utf8_lossy(header.value).to_ascii_lowercase())
        };
        let request = Request {
            method: head.method.unwrap_or_default().to_owned(),
            target: head.path.unwrap_or_default().to_owned(),
            has_host: is_old || values("host").count() == 1,
            is_last: is_old
                || values("connection")
                    .any(|value| value.split(',').any(|option| option.trim() == "close")),
            has_body: values("transfer-encoding").next().is_some()
                || values("content-length").any(|value| value != "0"),
        };
        unread.drain(..length);
        Ok(Some(request))
    }

    fn answer(&self) -> Answer {
        let (status, body) = if !self.has_host {
            ("400 Bad Request", "")
        } else if !["GET", "HEAD"].contains(&self.method.as_str()) {
            ("405 Method Not Allowed", "")
        } else if self.path() == "/" {
            ("200 OK", PAGE)
        } else {
            ("404 Not Found", "<!DOCTYPE html>\n<h1>没有这个页面</h1>\n")
        };
        Answer {
            status,
            body,
            without_body: self.method == "HEAD",
            // A body that nobody wants isn't read, and so the next request isn't found.
            is_last: self.is_last || self.has_body || !self.has_host,
        }
    }

    /// The path in the target, which may be a whole address (RFC 9112, 3.2.2), without what stands behind a question mark.
    fn path(&self) -> &str {
        let target = match self.target.strip_prefix("http://") {
            Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
            None => &self.target,
        };
        target.split('?').next().unwrap_or_default()
    }
}

struct Answer {
    status: &'static str,
    body: &'static str,
    /// Only says what the body would be.
    without_body: bool,
    is_last: bool,
}

impl Answer {
    /// An answer to what is no request.
    fn last(status: &'static str) -> Answer {
        Answer {
            status,
            body: "",
            without_body: false,
            is_last: true,
        }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "HTTP/1.1 {}\r\nDate: {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n",
            self.status,
            httpdate::fmt_http_date(SystemTime::now()),
            self.body.len()
        );
        if self.status.starts_with("405") {
            text.push_str("Allow: GET, HEAD\r\n");
        }
        if self.is_last {
            text.push_str("Connection: close\r\n");
        }
        text.push_str("\r\n");
        if !self.without_body {
            text.push_str(self.body);
        }
        text
    }
}
