//! A response of HTTP/1.x at the front of what is unread (RFC 9112): what is expected of it, and what is wrong with it.
//!
//! Kept apart from the other patterns: it takes the next response, whatever it is, so that a wrong one is seen at once and
//! can be named.

use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::http::{Framed, Head, begins_response, chunks, first_line, head_end, headless};

/// What is expected of the next response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Response {
    /// Its status; `None`: any.
    pub status: Option<u16>,
    /// Names of headers, and what stands in their values, in whatever case.
    pub headers: Vec<(String, String)>,
    /// What stands in its body; nothing: any body, or none.
    pub body: String,
    /// It answers a HEAD request: there is no body, whatever its headers say.
    pub bodiless: bool,
}

/// What is wrong with a response. Texts are the program's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseFault {
    /// The first line is no status line.
    FirstLine {
        /// The line.
        line: String,
    },
    /// Lines end in LF, not in CR LF.
    LineEnd,
    /// A line that is no header.
    NoHeader {
        /// The line.
        line: String,
    },
    /// The headers have no end (an empty line).
    Headless,
    /// The status is another.
    Status {
        /// The status line.
        line: String,
    },
    /// A header is missing.
    MissingHeader {
        /// Its name.
        name: String,
    },
    /// A header says something else.
    Header {
        /// Its name.
        name: String,
        /// What it says.
        came: String,
    },
    /// `Content-Length` is no number, or there are several that differ.
    Length {
        /// What it says.
        came: String,
    },
    /// The body is shorter or longer than `Content-Length` says.
    OtherLength {
        /// What it says, in bytes.
        said: usize,
        /// How many bytes came.
        came: usize,
    },
    /// A chunk has no length in hexadecimal digits, or doesn't end where it should.
    Chunk {
        /// The line.
        line: String,
    },
    /// The last chunk (of length 0) is missing.
    NoLastChunk,
    /// Nothing says where the body ends: neither `Content-Length` nor chunks, and the connection stays open.
    Endless,
    /// The body holds something else.
    Body {
        /// How many bytes it has.
        bytes: usize,
    },
}

/// What is seen of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// It is as expected, and ends here.
    Is(usize),
    /// More must come.
    NotYet,
    /// It is not.
    Wrong(ResponseFault),
}

/// The longest head that is read, in bytes.
const LONGEST_HEAD: usize = 64 << 10;

impl Response {
    /// Reads the response at the front of `bytes`; `ended`: nothing more comes.
    pub fn read(&self, bytes: &[u8], ended: bool) -> Read {
        match self.try_read(bytes, ended) {
            Ok(Some(end)) => Read::Is(end),
            Ok(None) => Read::NotYet,
            Err(fault) => Read::Wrong(fault),
        }
    }

    /// What is wrong with `bytes`, now that nothing more comes though the connection may be open.
    pub fn missing(&self, bytes: &[u8]) -> Option<ResponseFault> {
        if bytes.is_empty() {
            return None;
        }
        match self.try_read(bytes, false) {
            Err(fault) => Some(fault),
            Ok(Some(_)) => None,
            Ok(None) => match head_end(bytes) {
                None => Some(headless(bytes)),
                Some(end) => {
                    match Head::read(&bytes[..end]).and_then(|head| head.body(self.bodiless)) {
                        Ok(Framed::Length(said)) => Some(ResponseFault::OtherLength {
                            said,
                            came: bytes.len() - end,
                        }),
                        Ok(Framed::Chunks) => Some(ResponseFault::NoLastChunk),
                        Ok(_) => Some(ResponseFault::Endless),
                        Err(fault) => Some(fault),
                    }
                }
            },
        }
    }

    fn try_read(&self, bytes: &[u8], ended: bool) -> Result<Option<usize>, ResponseFault> {
        if bytes.is_empty() {
            return Ok(None);
        }
        // What does not begin as a status line never becomes one.
        if !begins_response(bytes) {
            return Err(ResponseFault::FirstLine {
                line: first_line(bytes),
            });
        }
        let Some(end) = head_end(bytes) else {
            return match ended || bytes.len() > LONGEST_HEAD {
                true => Err(headless(bytes)),
                false => Ok(None),
            };
        };
        let head = Head::read(&bytes[..end])?;
        self.check_head(&head)?;
        let rest = &bytes[end..];
        let (body, length) = match head.body(self.bodiless)? {
            Framed::Nothing => (Vec::new(), 0),
            Framed::Length(said) => match rest.get(..said) {
                // What stands behind it can only be the next response.
                Some(_) if !begins_response(&rest[said..]) => {
                    let came = rest.len();
                    return Err(ResponseFault::OtherLength { said, came });
                }
                Some(body) => (body.to_vec(), said),
                None if ended => {
                    let came = rest.len();
                    return Err(ResponseFault::OtherLength { said, came });
                }
                None => return Ok(None),
            },
            Framed::Chunks => match chunks(rest)? {
                Some(both) => both,
                None if ended => return Err(ResponseFault::NoLastChunk),
                None => return Ok(None),
            },
            Framed::UntilClose if ended => (rest.to_vec(), rest.len()),
            Framed::UntilClose => return Ok(None),
        };
        if memmem::find(&body, self.body.as_bytes()).is_none() {
            return Err(ResponseFault::Body { bytes: body.len() });
        }
        Ok(Some(end + length))
    }

    fn check_head(&self, head: &Head) -> Result<(), ResponseFault> {
        if self.status.is_some_and(|status| status != head.status) {
            return Err(ResponseFault::Status {
                line: head.line.clone(),
            });
        }
        for (name, expected) in &self.headers {
            let values = head.values(name);
            let Some(first) = values.first() else {
                let name = name.clone();
                return Err(ResponseFault::MissingHeader { name });
            };
            let holds = |value: &&str| value.to_lowercase().contains(&expected.to_lowercase());
            if !values.iter().any(holds) {
                return Err(ResponseFault::Header {
                    name: name.clone(),
                    came: (*first).to_owned(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Read, Response, ResponseFault};

    fn any() -> Response {
        Response::default()
    }

    fn ok(body: &str) -> Response {
        Response {
            status: Some(200),
            headers: vec![("content-type".to_owned(), "Text/HTML".to_owned())],
            body: body.to_owned(),
            bodiless: false,
        }
    }

    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n";

    #[test]
    fn a_response_ends_where_it_says() {
        let cases = [
            (
                format!("{HEAD}Content-Length: 5\r\n\r\nhelloHTTP/1.1 2"),
                false,
                5,
            ),
            (
                format!(
                    "{HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\nmore"
                ),
                false,
                24,
            ),
            (format!("{HEAD}\r\nhello"), true, 5),
        ];
        for (text, ended, body) in cases {
            let head = text.find("\r\n\r\n").unwrap() + 4;
            let bytes = text.as_bytes();
            assert_eq!(
                ok("hello").read(bytes, ended),
                Read::Is(head + body),
                "{text}"
            );
            for size in 0..head + body {
                let read = ok("hello").read(&bytes[..size], false);
                assert_eq!(read, Read::NotYet, "{size} of {text}");
            }
        }
    }

    #[test]
    fn the_answer_to_head_and_some_statuses_have_no_body() {
        let text = format!("{HEAD}Content-Length: 5\r\n\r\n");
        let head = Response {
            bodiless: true,
            ..any()
        };
        assert_eq!(head.read(text.as_bytes(), false), Read::Is(text.len()));
        let text = "HTTP/1.1 304 Not Modified\r\n\r\n";
        assert_eq!(any().read(text.as_bytes(), false), Read::Is(text.len()));
    }

    #[test]
    fn what_is_wrong_is_named_as_soon_as_it_is_seen() {
        let text = |text: &str| text.to_owned();
        let cases = [
            ("HTXP", ResponseFault::FirstLine { line: text("HTXP") }),
            (
                "HTTP/1.1 OK\r\n\r\n",
                ResponseFault::FirstLine {
                    line: text("HTTP/1.1 OK"),
                },
            ),
            (
                "HTTP/1.1 404 Not Found\r\n\r\n",
                ResponseFault::Status {
                    line: text("HTTP/1.1 404 Not Found"),
                },
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                ResponseFault::MissingHeader {
                    name: text("content-type"),
                },
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n",
                ResponseFault::Header {
                    name: text("content-type"),
                    came: text("text/plain"),
                },
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Type text/html\r\n\r\n",
                ResponseFault::NoHeader {
                    line: text("Content-Type text/html"),
                },
            ),
            (
                "HTTP/1.1 200 OK\nContent-Type: text/html\r\n\r\n",
                ResponseFault::LineEnd,
            ),
        ];
        for (text, fault) in cases {
            assert_eq!(
                ok("").read(text.as_bytes(), false),
                Read::Wrong(fault),
                "{text}"
            );
        }
        for (rest, fault) in [
            (
                "Content-Length: many\r\n\r\n",
                ResponseFault::Length { came: text("many") },
            ),
            (
                "Content-Length: 3\r\n\r\nabc",
                ResponseFault::Body { bytes: 3 },
            ),
            (
                "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\nx\r\n",
                ResponseFault::Chunk { line: text("x") },
            ),
        ] {
            let text = format!("{HEAD}{rest}");
            assert_eq!(ok("hello").read(text.as_bytes(), false), Read::Wrong(fault));
        }
    }

    #[test]
    fn what_is_missing_is_named_when_nothing_more_comes() {
        let cases = [
            (
                format!("{HEAD}Content-Length: 14\r\n\r\nhello, world"),
                ResponseFault::OtherLength { said: 14, came: 12 },
            ),
            (format!("{HEAD}\r\nhello"), ResponseFault::Endless),
            (
                format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
                ResponseFault::NoLastChunk,
            ),
            (HEAD.to_owned(), ResponseFault::Headless),
            (
                "HTTP/1.1 200 OK\nA: b\n\nhello".to_owned(),
                ResponseFault::LineEnd,
            ),
        ];
        for (text, fault) in cases {
            let missing = ok("").missing(text.as_bytes());
            assert_eq!(missing, Some(fault.clone()), "{text}");
            if fault != ResponseFault::Endless {
                assert_eq!(ok("").read(text.as_bytes(), true), Read::Wrong(fault));
            }
        }
        assert_eq!(any().missing(b""), None);
    }
}
