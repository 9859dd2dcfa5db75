//! What is said of HTTP.

use crate::report::visible;
use crate::report::words::QUOTED;
use crate::transcript::{Response, ResponseFault};

use super::phrases::{bytes, listed};

fn q(text: &str) -> String {
    format!("\"{}\"", visible::clipped(text.as_bytes(), QUOTED))
}

/// A response as something that is expected.
pub(super) fn target(response: &Response) -> String {
    let status = match response.status {
        Some(status) => format!("an HTTP response with status {status}"),
        None => "an HTTP response".to_owned(),
    };
    let mut parts: Vec<String> = response
        .headers
        .iter()
        .map(|(name, value)| format!("{} in its header {}", q(value), q(name)))
        .collect();
    if !response.body.is_empty() {
        parts.push(format!("{} in its body", q(&response.body)));
    }
    if response.bodiless {
        parts.push("no body".to_owned());
    }
    match parts.is_empty() {
        true => status,
        false => format!("{status}, with {}", listed(&parts, "and")),
    }
}

pub(super) fn expectation(response: &Response, other: &str, who: &str, never: bool) -> String {
    let must = if never { "must not" } else { "must" };
    format!("{other} {must} give {who} {}", target(response))
}

/// What came instead.
pub(super) fn instead(fault: &ResponseFault) -> String {
    match fault {
        ResponseFault::FirstLine { line } => format!(
            "But what came does not begin with a status line, such as HTTP/1.1 200 OK: it begins with {}.",
            q(line)
        ),
        ResponseFault::LineEnd => {
            "But its lines end in \\n alone: in HTTP each line of the head ends in \\r\\n.".to_owned()
        }
        ResponseFault::NoHeader { line } => format!(
            "But {} is no header: a header is a name, a colon, and a value.",
            q(line)
        ),
        ResponseFault::Headless => {
            "But its head has no end: an empty line (\\r\\n\\r\\n) stands between headers and body.".to_owned()
        }
        ResponseFault::Status { line } => format!("But its status line is {}.", q(line)),
        ResponseFault::MissingHeader { name } => format!("But the header {name} is missing."),
        ResponseFault::Header { name, came } => {
            format!("But the header {name} says {}.", q(came))
        }
        ResponseFault::Length { came } => {
            format!("But Content-Length must be one number, and is {}.", q(came))
        }
        ResponseFault::OtherLength { said, came } => format!(
            "But the body is {}, and Content-Length says {said}: it counts bytes, not characters.",
            bytes(*came)
        ),
        ResponseFault::Chunk { line } => format!(
            "But the body comes in chunks, and {} is not the length of one in hexadecimal digits, or not its end.",
            q(line)
        ),
        ResponseFault::NoLastChunk => {
            "But the body comes in chunks, and the last one (0, and an empty line) is missing.".to_owned()
        }
        ResponseFault::Endless => {
            "But nobody can tell where its body ends: it has no Content-Length, and the connection stays open.".to_owned()
        }
        ResponseFault::Body { bytes: count } => {
            format!("But its body ({}) does not hold that.", bytes(*count))
        }
    }
}
