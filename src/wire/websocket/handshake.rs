//! The handshake: one HTTP request, one HTTP response (RFC 6455, section 4).

use data_encoding::{BASE64, HEXLOWER};
use memchr::memmem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

/// What is put behind the key before it is hashed (section 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The only version there is (section 4.1).
const VERSION: &str = "13";

/// What a client sends so that the answer can be told from an older one's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Key(BASE64.encode(&bytes))
    }

    /// As it stands in the header `Sec-WebSocket-Key`.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What `Sec-WebSocket-Accept` must be then.
    pub fn accept(&self) -> String {
        BASE64.encode(&hash(&[self.0.as_bytes(), GUID.as_bytes()]))
    }
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    Sha1::digest(parts.concat()).to_vec()
}

/// How `Sec-WebSocket-Accept` was made instead, where it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptMistake {
    /// The key itself.
    Key,
    /// Hexadecimal digits instead of base64.
    Hexadecimal,
    /// Base64 of the hexadecimal digits.
    EncodedHexadecimal,
    /// The key was hashed without the fixed text behind it.
    WithoutText,
    /// The key was decoded from base64 before it was hashed.
    DecodedKey,
}

/// What is wrong with a handshake. Texts are the program's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandshakeFault {
    /// It has begun, and its head has no end (an empty line, CR LF CR LF).
    Unfinished,
    /// The first line is no status line, or no request line.
    FirstLine {
        /// The line.
        line: String,
    },
    /// The status is not 101.
    Status {
        /// The status line.
        line: String,
    },
    /// The request is not a GET of HTTP/1.1 (or later).
    Request {
        /// The request line.
        line: String,
    },
    /// A line that is no header.
    NoHeader {
        /// The line.
        line: String,
    },
    /// A header is missing, or says something else.
    Header {
        /// Its name.
        name: String,
        /// What it must say.
        expected: String,
        /// What it says; `None`: it is missing.
        came: Option<String>,
    },
    /// `Sec-WebSocket-Key` is not 16 bytes in base64, or missing.
    Key {
        /// What it says.
        came: Option<String>,
    },
    /// `Sec-WebSocket-Accept` says something else.
    Accept {
        /// What it must say.
        expected: String,
        /// What it says.
        came: String,
        /// How it was made, where it can be told.
        mistake: Option<AcceptMistake>,
    },
    /// A header that answers what nobody has asked for.
    Unasked {
        /// Its name.
        name: String,
        /// What it says.
        came: String,
    },
}

/// A client's request for `path` at `host` (`name:port`).
pub fn request(host: &str, path: &str, key: &Key) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {}\r\n\
         Sec-WebSocket-Version: {VERSION}\r\n\r\n",
        key.0
    )
    .into_bytes()
}

/// A server's answer.
pub fn response(key: &Key) -> Vec<u8> {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
        key.accept()
    )
    .into_bytes()
}

/// Where the head ends that stands at the front of `bytes`, its empty line included.
pub fn end_of_head(bytes: &[u8]) -> Option<usize> {
    memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4)
}

/// The lines of a head.
struct Head {
    first: String,
    headers: Vec<(String, String)>,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, HandshakeFault> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.trim_end_matches("\r\n").split("\r\n");
        let first = lines.next().unwrap_or_default().to_owned();
        let headers = lines.map(|line| match line.split_once(':') {
            Some((name, value)) if !name.is_empty() && !name.contains([' ', '\t', '\n']) => {
                Ok((name.to_owned(), value.trim().to_owned()))
            }
            _ => Err(HandshakeFault::NoHeader {
                line: line.to_owned(),
            }),
        });
        let headers = headers.collect::<Result<_, _>>();
        // What is no HTTP at all has no headers to complain of.
        if !first.contains("HTTP/") {
            return Err(HandshakeFault::FirstLine { line: first });
        }
        Ok(Head {
            headers: headers?,
            first,
        })
    }

    fn get(&self, name: &str) -> Option<&str> {
        let same = |(own, _): &&(String, String)| own.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .find(same)
            .map(|(_, value)| value.as_str())
    }

    /// That a header holds a word, perhaps among others, in whatever case.
    fn holds(&self, name: &str, word: &str) -> Result<(), HandshakeFault> {
        let came = self.get(name);
        let mut words = came.unwrap_or_default().split(',').map(str::trim);
        if words.any(|own| own.eq_ignore_ascii_case(word)) {
            return Ok(());
        }
        Err(HandshakeFault::Header {
            name: name.to_owned(),
            expected: word.to_owned(),
            came: came.map(str::to_owned),
        })
    }
}

/// What a server's response to the request with `key` must be (section 4.1).
///
/// # Errors
///
/// The first thing that is wrong.
pub fn check_response(head: &[u8], key: &Key) -> Result<(), HandshakeFault> {
    let head = Head::read(head)?;
    let line = head.first.clone();
    let Some(status) = line
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .filter(|status| status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()))
    else {
        return Err(HandshakeFault::FirstLine { line });
    };
    if status != "101" {
        return Err(HandshakeFault::Status { line });
    }
    head.holds("Upgrade", "websocket")?;
    head.holds("Connection", "Upgrade")?;
    let name = "Sec-WebSocket-Accept";
    let expected = key.accept();
    match head.get(name) {
        Some(came) if came == expected => {}
        Some(came) => {
            return Err(HandshakeFault::Accept {
                mistake: accept_mistake(came, key),
                came: came.to_owned(),
                expected,
            });
        }
        None => {
            return Err(HandshakeFault::Header {
                name: name.to_owned(),
                expected,
                came: None,
            });
        }
    }
    for name in ["Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"] {
        if let Some(came) = head.get(name).filter(|came| !came.is_empty()) {
            return Err(HandshakeFault::Unasked {
                name: name.to_owned(),
                came: came.to_owned(),
            });
        }
    }
    Ok(())
}

fn accept_mistake(came: &str, key: &Key) -> Option<AcceptMistake> {
    let right = hash(&[key.0.as_bytes(), GUID.as_bytes()]);
    let decoded = BASE64.decode(key.0.as_bytes()).unwrap_or_default();
    let hexadecimal = HEXLOWER.encode(&right);
    let mistakes = [
        (AcceptMistake::Key, key.0.clone()),
        (
            AcceptMistake::EncodedHexadecimal,
            BASE64.encode(hexadecimal.as_bytes()),
        ),
        (
            AcceptMistake::WithoutText,
            BASE64.encode(&hash(&[key.0.as_bytes()])),
        ),
        (
            AcceptMistake::DecodedKey,
            BASE64.encode(&hash(&[&decoded, GUID.as_bytes()])),
        ),
    ];
    if came.eq_ignore_ascii_case(&hexadecimal) {
        return Some(AcceptMistake::Hexadecimal);
    }
    let same = mistakes.into_iter().find(|(_, text)| text == came);
    same.map(|(mistake, _)| mistake)
}

/// What a client's request must be (section 4.2.1), and its key.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn check_request(head: &[u8]) -> Result<Key, HandshakeFault> {
    let head = Head::read(head)?;
    let words: Vec<&str> = head.first.split(' ').collect();
    match words.as_slice() {
        ["GET", path, version] if path.starts_with('/') && *version != "HTTP/1.0" => {}
        _ => {
            return Err(HandshakeFault::Request {
                line: head.first.clone(),
            });
        }
    }
    if head.get("Host").is_none_or(str::is_empty) {
        return Err(HandshakeFault::Header {
            name: "Host".to_owned(),
            expected: "HOST:PORT".to_owned(),
            came: head.get("Host").map(str::to_owned),
        });
    }
    head.holds("Upgrade", "websocket")?;
    head.holds("Connection", "Upgrade")?;
    head.holds("Sec-WebSocket-Version", VERSION)?;
    let key = head.get("Sec-WebSocket-Key");
    let is_key = |key: &&str| {
        let bytes = BASE64.decode(key.as_bytes());
        bytes.is_ok_and(|bytes| bytes.len() == 16)
    };
    match key.filter(is_key) {
        Some(key) => Ok(Key(key.to_owned())),
        None => Err(HandshakeFault::Key {
            came: key.map(str::to_owned),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AcceptMistake, HandshakeFault, Key, check_request, check_response, end_of_head, request,
        response,
    };

    fn key() -> Key {
        // Section 1.3.
        Key::new(*b"the sample nonce")
    }

    fn answer(change: impl Fn(String) -> String) -> Result<(), HandshakeFault> {
        let right = String::from_utf8(response(&key())).unwrap();
        check_response(change(right).as_bytes(), &key())
    }

    fn asked(change: impl Fn(String) -> String) -> Result<Key, HandshakeFault> {
        let right = String::from_utf8(request("127.0.0.1:9000", "/chat", &key())).unwrap();
        check_request(change(right).as_bytes())
    }

    fn header(name: &str, expected: &str, came: Option<&str>) -> HandshakeFault {
        HandshakeFault::Header {
            name: name.to_owned(),
            expected: expected.to_owned(),
            came: came.map(str::to_owned),
        }
    }

    #[test]
    fn the_example_of_the_rfc() {
        assert_eq!(key().text(), "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(key().accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(answer(|right| right), Ok(()));
        assert_eq!(asked(|right| right), Ok(key()));
    }

    #[test]
    fn headers_may_be_written_in_many_ways() {
        for (from, to) in [
            ("Upgrade: websocket", "upgrade:WebSocket"),
            ("Connection: Upgrade", "CONNECTION: keep-alive, upgrade"),
            ("Switching Protocols", ""),
            ("\r\n\r\n", "\r\nServer: mine\r\n\r\n"),
        ] {
            assert_eq!(answer(|right| right.replacen(from, to, 1)), Ok(()), "{to}");
        }
    }

    #[test]
    fn a_wrong_answer_is_named() {
        let line = |line: &str| line.to_owned();
        let cases = [
            (
                "HTTP/1.1 101 Switching Protocols",
                "HTTP/1.1 200 OK",
                HandshakeFault::Status {
                    line: line("HTTP/1.1 200 OK"),
                },
            ),
            (
                "HTTP/1.1 101 Switching Protocols",
                "hello",
                HandshakeFault::FirstLine {
                    line: line("hello"),
                },
            ),
            (
                "HTTP/1.1 101",
                "HTTP/1.1 1O1",
                HandshakeFault::FirstLine {
                    line: line("HTTP/1.1 1O1 Switching Protocols"),
                },
            ),
            (
                "Connection: Upgrade",
                "Connection Upgrade",
                HandshakeFault::NoHeader {
                    line: line("Connection Upgrade"),
                },
            ),
            (
                "Upgrade: websocket\r\n",
                "",
                header("Upgrade", "websocket", None),
            ),
            (
                "Connection: Upgrade",
                "Connection: close",
                header("Connection", "Upgrade", Some("close")),
            ),
            (
                "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
                "",
                header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", None),
            ),
            (
                "\r\n\r\n",
                "\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
                HandshakeFault::Unasked {
                    name: line("Sec-WebSocket-Protocol"),
                    came: line("chat"),
                },
            ),
        ];
        for (from, to, fault) in cases {
            assert_eq!(answer(|right| right.replacen(from, to, 1)), Err(fault));
        }
    }

    #[test]
    fn how_the_accept_header_went_wrong() {
        let cases = [
            ("dGhlIHNhbXBsZSBub25jZQ==", Some(AcceptMistake::Key)),
            (
                "b37a4f2cc0624f1690f64606cf385945b2bec4ea",
                Some(AcceptMistake::Hexadecimal),
            ),
            (
                "YjM3YTRmMmNjMDYyNGYxNjkwZjY0NjA2Y2YzODU5NDViMmJlYzRlYQ==",
                Some(AcceptMistake::EncodedHexadecimal),
            ),
            ("nonsense", None),
        ];
        for (came, mistake) in cases {
            let right = key().accept();
            let fault = HandshakeFault::Accept {
                expected: right.clone(),
                came: came.to_owned(),
                mistake,
            };
            assert_eq!(answer(|all| all.replace(&right, came)), Err(fault));
        }
    }

    #[test]
    fn a_wrong_request_is_named() {
        let request = |line: &str| HandshakeFault::Request {
            line: line.to_owned(),
        };
        let cases = [
            ("GET /chat", "POST /chat", request("POST /chat HTTP/1.1")),
            ("HTTP/1.1", "HTTP/1.0", request("GET /chat HTTP/1.0")),
            ("/chat ", "", request("GET HTTP/1.1")),
            (
                "Host: 127.0.0.1:9000\r\n",
                "",
                header("Host", "HOST:PORT", None),
            ),
            (
                "Version: 13",
                "Version: 8",
                header("Sec-WebSocket-Version", "13", Some("8")),
            ),
            (
                "dGhlIHNhbXBsZSBub25jZQ==",
                "abc",
                HandshakeFault::Key {
                    came: Some("abc".to_owned()),
                },
            ),
        ];
        for (from, to, fault) in cases {
            assert_eq!(asked(|right| right.replacen(from, to, 1)), Err(fault));
        }
    }

    #[test]
    fn a_head_ends_with_an_empty_line() {
        assert_eq!(end_of_head(b"GET / HTTP/1.1\r\n\r\nrest"), Some(18));
        assert_eq!(end_of_head(b"GET / HTTP/1.1\n\n"), None);
        assert_eq!(end_of_head(b""), None);
    }
}
