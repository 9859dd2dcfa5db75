//! What is said of WebSocket.

use crate::report::visible;
use crate::report::words::QUOTED;
use crate::transcript::{Data, MessageKind, close_code};
use crate::wire::{AcceptMistake, HandshakeFault, Violation};

use super::phrases::{bytes, quote};

fn kind(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "a text message",
        MessageKind::Binary => "a binary message",
        MessageKind::Ping => "a ping",
        MessageKind::Pong => "a pong",
        MessageKind::Close => "a close frame",
    }
}

fn hexadecimal(data: &Data) -> String {
    const SHOWN: usize = 16;
    let digits: Vec<String> = data.0.iter().map(|byte| format!("{byte:02x}")).collect();
    match digits.get(..SHOWN) {
        Some(first) if digits.len() > SHOWN => {
            format!("{} … ({})", first.join(" "), bytes(digits.len()))
        }
        _ => digits.join(" "),
    }
}

/// A message that is no text, in a drawing.
pub(super) fn message(of: MessageKind, data: &Data) -> String {
    let name = match of {
        MessageKind::Text => "text",
        MessageKind::Binary => return format!("binary {}", hexadecimal(data)),
        MessageKind::Ping => "ping",
        MessageKind::Pong => "pong",
        MessageKind::Close => {
            return match close_code(&data.0) {
                Some(code) => format!("close frame {code}"),
                None => "close frame".to_owned(),
            };
        }
    };
    match data.0.is_empty() {
        true => name.to_owned(),
        false => format!("{name} {}", quote(data)),
    }
}

/// The same as something that is expected.
pub(super) fn wanted(of: MessageKind, data: &Data) -> String {
    match of {
        MessageKind::Binary => format!("a binary message of the bytes {}", hexadecimal(data)),
        MessageKind::Close => match close_code(&data.0) {
            Some(code) => format!("a close frame with code {code}"),
            None => "a close frame".to_owned(),
        },
        MessageKind::Ping | MessageKind::Pong if data.0.is_empty() => kind(of).to_owned(),
        _ => format!("{} with {}", kind(of), quote(data)),
    }
}

pub(super) fn other_kind(expected: MessageKind, came: MessageKind) -> String {
    format!(
        "It did come, but as {} instead of {}.",
        kind(came),
        kind(expected)
    )
}

pub(super) fn closed_with(code: Option<u16>, reason: &Data, other: &str) -> String {
    let code = match code {
        None => "without a code".to_owned(),
        Some(code) => {
            let meaning = match code {
                1000 => ": all is done",
                1001 => ": it goes away",
                1002 => ": it says that Viva broke the rules",
                1003 => ": it can't take this kind of message",
                1007 => ": it says that what it got was not UTF-8",
                1008 => ": against its policy",
                1009 => ": too long for it",
                1011 => ": an error in the program",
                _ => "",
            };
            format!("with code {code}{meaning}")
        }
    };
    let reason = match reason.0.is_empty() {
        true => String::new(),
        false => format!(", reason {}", quote(reason)),
    };
    format!("A close frame came from {other}, {code}{reason}.")
}

pub(super) fn handshake(fault: &HandshakeFault) -> String {
    let q = |text: &str| format!("\"{}\"", visible::clipped(text.as_bytes(), 2 * QUOTED));
    match fault {
        HandshakeFault::Unfinished => {
            "But its HTTP head has no end: the last header is followed by an empty line (\\r\\n\\r\\n).".to_owned()
        }
        HandshakeFault::FirstLine { line } => {
            format!("But what came does not begin as HTTP does: {}.", q(line))
        }
        HandshakeFault::Status { line } => format!(
            "But the status must be 101 (Switching Protocols), and it is {}.",
            q(line)
        ),
        HandshakeFault::Request { line } => format!(
            "But the request must be GET, a path, and HTTP/1.1, and it is {}.",
            q(line)
        ),
        HandshakeFault::NoHeader { line } => format!(
            "But {} is no header: a header is a name, a colon, and a value.",
            q(line)
        ),
        HandshakeFault::Header {
            name,
            expected,
            came: None,
        } => format!("But the header {name} is missing: it must say {}.", q(expected)),
        HandshakeFault::Header {
            name,
            expected,
            came: Some(came),
        } => format!("But the header {name} must say {}, and says {}.", q(expected), q(came)),
        HandshakeFault::Key { came: None } => {
            "But the header Sec-WebSocket-Key is missing: 16 random bytes in base64.".to_owned()
        }
        HandshakeFault::Key { came: Some(came) } => format!(
            "But the header Sec-WebSocket-Key must be 16 random bytes in base64, and is {}.",
            q(came)
        ),
        HandshakeFault::Accept {
            expected,
            came,
            mistake,
        } => {
            let why = match mistake {
                None => "base64 of the SHA-1 of the key with the fixed text 258EAFA5-… behind it",
                Some(AcceptMistake::Key) => "that is the key itself, which must be hashed",
                Some(AcceptMistake::Hexadecimal) => {
                    "that is the right hash, but in hexadecimal digits: write base64 of digest()"
                }
                Some(AcceptMistake::EncodedHexadecimal) => {
                    "that is base64 of the hexadecimal digits: use digest(), not hexdigest()"
                }
                Some(AcceptMistake::WithoutText) => {
                    "that is the hash of the key alone: put the fixed text 258EAFA5-… behind it"
                }
                Some(AcceptMistake::DecodedKey) => {
                    "the key was decoded first: hash its text as it stands in the header"
                }
            };
            format!(
                "But the header Sec-WebSocket-Accept must say {}, and says {}: {why}.",
                q(expected),
                q(came)
            )
        }
        HandshakeFault::Unasked { name, came } => format!(
            "But the header {name} says {}, which nobody has asked for.",
            q(came)
        ),
    }
}

pub(super) fn violation(violation: &Violation, other: &str) -> String {
    let (what, section) = match violation {
        Violation::Masked => (
            "the frame is masked, and only a client masks its frames".to_owned(),
            "5.1",
        ),
        Violation::Unmasked => (
            "the frame is not masked, and a client must mask each of its frames".to_owned(),
            "5.1",
        ),
        Violation::ReservedBits { first } => (
            format!(
                "the frame begins with the byte {first:02x}, in which bits are set that must be 0: this is no frame, or one \
                 of an extension that was not agreed upon"
            ),
            "5.2",
        ),
        Violation::UnknownOpcode { opcode } => (format!("there is no opcode {opcode}"), "5.2"),
        Violation::FragmentedControl => (
            "a close, ping or pong must not come in fragments".to_owned(),
            "5.5",
        ),
        Violation::LongControl { length } => (
            format!("a close, ping or pong holds 125 bytes at most, and this one {length}"),
            "5.5",
        ),
        Violation::WideLength {
            length,
            bytes: width,
        } => (
            format!(
                "the length {length} is written in {width} more bytes, though fewer are enough"
            ),
            "5.2",
        ),
        Violation::TooLong { length } => (
            format!(
                "the frame claims to hold {length} bytes, far more than any lab sends: these bytes are probably no length"
            ),
            "5.2",
        ),
        Violation::NothingToContinue => (
            "a fragment (opcode 0) continues a message that has not begun".to_owned(),
            "5.4",
        ),
        Violation::Interrupted => (
            "a new message begins before the last fragment of the one before".to_owned(),
            "5.4",
        ),
        Violation::NotUtf8 { valid } => (
            format!("the text is not UTF-8 from byte {} on", valid + 1),
            "8.1",
        ),
        Violation::HalfCode => (
            "a close frame holds nothing, or a code of two bytes".to_owned(),
            "5.5.1",
        ),
        Violation::CloseCode { code } => {
            (format!("no close frame can have the code {code}"), "7.4")
        }
        Violation::AfterClose => ("a message came behind the close frame".to_owned(), "5.5.1"),
    };
    format!("But what {other} sent breaks the rules of WebSocket: {what} (RFC 6455, {section}).")
}
