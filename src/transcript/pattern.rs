//! What is expected of a stream, with every variable filled in.

use super::{ExitStatus, Expression, ExpressionError, MessageKind, Response};

/// What is expected of a stream.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// These bytes, anywhere in what is unread.
    Bytes(Vec<u8>),
    /// These bytes with nothing before them.
    Exactly(Vec<u8>),
    /// A match of this expression, on the text that the unread bytes are in its encoding.
    Regex(Expression),
    /// So many unread bytes or more, whatever they are.
    AtLeast(usize),
    /// The first of them that comes (the earliest in the stream; of two at one place the first in the list).
    AnyOf(Vec<Pattern>),
    /// All of them, in any order, at places that don't overlap; the match reaches to the end of the last.
    AllOf(Vec<Pattern>),
    /// A message of this kind with this payload; one that closes: whose payload begins with it.
    Message {
        /// What it is.
        kind: MessageKind,
        /// Its payload.
        payload: Vec<u8>,
    },
    /// The next thing in a stream is this response of HTTP.
    Response(Response),
    /// The end of the stream, in good order or by reset.
    Closed,
    /// A reset.
    Reset,
    /// The end of the program; `None`: any status.
    Exit(Option<ExitStatus>),
}

impl Pattern {
    /// The pattern of a regular expression, for streams in this encoding; see [`Expression::new`].
    pub fn regex(
        source: &str,
        encoding: &'static encoding_rs::Encoding,
    ) -> Result<Self, ExpressionError> {
        Expression::new(source, encoding).map(Pattern::Regex)
    }
}
