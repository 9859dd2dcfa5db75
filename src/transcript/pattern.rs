//! What is expected of a stream, with every variable filled in.

use regex::bytes::Regex;

use super::ExitStatus;

/// What is expected of a stream.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// These bytes, anywhere in what is unread.
    Bytes(Vec<u8>),
    /// These bytes with nothing before them.
    Exactly(Vec<u8>),
    /// A match of this expression, on bytes that are UTF-8 or (see [`Pattern::Decoded`]) were decoded to it.
    Regex(Regex),
    /// The expression is matched on the text that the unread bytes are in this encoding.
    Decoded(Regex, &'static encoding_rs::Encoding),
    /// The first of them that comes (the earliest in the stream; of two at one place the first in the list).
    AnyOf(Vec<Pattern>),
    /// All of them, in any order; the match reaches to the end of the last.
    AllOf(Vec<Pattern>),
    /// The end of the stream, in good order or by reset.
    Closed,
    /// A reset.
    Reset,
    /// The end of the program; `None`: any status.
    Exit(Option<ExitStatus>),
}
