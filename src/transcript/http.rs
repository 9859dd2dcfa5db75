//! How a response of HTTP/1.x is laid out (RFC 9112): its head, where its body ends, and chunks.
//!
//! Must not know what is expected of it.

use memchr::memmem;

use super::response::ResponseFault;

/// Whether this may be the beginning of a response, as far as it has come.
pub(super) fn begins_response(bytes: &[u8]) -> bool {
    let begins = b"HTTP/1.";
    let known = bytes.len().min(begins.len());
    bytes[..known] == begins[..known]
}

/// How the end of a body is told.
pub(super) enum Framed {
    Nothing,
    Length(usize),
    Chunks,
    UntilClose,
}

pub(super) struct Head {
    pub(super) line: String,
    pub(super) status: u16,
    headers: Vec<(String, String)>,
}

impl Head {
    /// Reads a head with the empty line behind it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ResponseFault> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_suffix("\r\n\r\n").unwrap_or(&text);
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap_or_default().to_owned();
        if text.replace("\r\n", "").contains('\n') {
            return Err(ResponseFault::LineEnd);
        }
        let status = line
            .strip_prefix("HTTP/1.")
            .and_then(|rest| rest.split(' ').nth(1))
            .filter(|status| status.len() == 3)
            .and_then(|status| status.parse().ok());
        let Some(status) = status else {
            return Err(ResponseFault::FirstLine { line });
        };
        let headers = lines.map(|line| match line.split_once(':') {
            Some((name, value)) if !name.is_empty() && !name.contains([' ', '\t']) => {
                Ok((name.to_owned(), value.trim().to_owned()))
            }
            _ => Err(ResponseFault::NoHeader {
                line: line.to_owned(),
            }),
        });
        Ok(Head {
            line,
            status,
            headers: headers.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        let same = |(own, _): &&(String, String)| own.eq_ignore_ascii_case(name);
        let values = self.headers.iter().filter(same);
        values.map(|(_, value)| value.as_str()).collect()
    }

    /// RFC 9112, 6.3.
    pub(super) fn body(&self, bodiless: bool) -> Result<Framed, ResponseFault> {
        if bodiless || self.status / 100 == 1 || [204, 304].contains(&self.status) {
            return Ok(Framed::Nothing);
        }
        let coding = self.values("Transfer-Encoding");
        if coding
            .iter()
            .any(|coding| coding.eq_ignore_ascii_case("chunked"))
        {
            return Ok(Framed::Chunks);
        }
        let lengths = self.values("Content-Length");
        let Some(first) = lengths.first() else {
            return Ok(Framed::UntilClose);
        };
        let is_number = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
        match first.parse() {
            Ok(length) if is_number && lengths.iter().all(|other| other == first) => {
                Ok(Framed::Length(length))
            }
            _ => Err(ResponseFault::Length {
                came: lengths.join(", "),
            }),
        }
    }
}

/// Behind the empty line.
pub(super) fn head_end(bytes: &[u8]) -> Option<usize> {
    memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4)
}

pub(super) fn first_line(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    String::from_utf8_lossy(line.trim_ascii_end()).into_owned()
}

/// Why a head has no end.
pub(super) fn headless(bytes: &[u8]) -> ResponseFault {
    match memmem::find(bytes, b"\n\n") {
        Some(_) => ResponseFault::LineEnd,
        None => ResponseFault::Headless,
    }
}

/// A body in chunks (RFC 9112, 7.1), and how many bytes it takes; `None`: more must come.
pub(super) fn chunks(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ResponseFault> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let Some(end) = memmem::find(rest, b"\r\n") else {
            return Ok(None);
        };
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        let digits = line.split(';').next().unwrap_or_default().trim();
        let Some(length) = usize::from_str_radix(digits, 16)
            .ok()
            .filter(|length| *length <= 16 << 20)
        else {
            return Err(ResponseFault::Chunk { line });
        };
        at += end + 2;
        if length == 0 {
            // Trailers, if any, end with an empty line.
            let rest = &bytes[at..];
            let end = match rest.starts_with(b"\r\n") {
                true => Some(2),
                false => head_end(rest),
            };
            return Ok(end.map(|end| (body, at + end)));
        }
        let Some(chunk) = bytes.get(at..at + length + 2) else {
            return Ok(None);
        };
        let (chunk, mark) = chunk.split_at(length);
        if mark != b"\r\n" {
            let line = String::from_utf8_lossy(mark).into_owned();
            return Err(ResponseFault::Chunk { line });
        }
        body.extend_from_slice(chunk);
        at += length + 2;
    }
}
