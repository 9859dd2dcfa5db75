//! How messages are told apart in a stream of bytes.

use std::ops::Range;

use memchr::{memchr, memmem};

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
        payload: Range<usize>,
        /// Where the next message starts.
        next: usize,
    },
    /// Not yet a whole message.
    Partial,
    /// A length in front that no message of a lab has (more than [`Framing::LARGEST_READ`]): these bytes are no
    /// length, and waiting for so many more would be waiting for ever.
    Nonsense {
        /// The length that they would say.
        claimed: u64,
    },
}

const NAMES: [(&str, Framing); 8] = [
    ("raw", Framing::Raw),
    ("line", Framing::Line),
    ("crlf", Framing::Crlf),
    ("nul", Framing::Nul),
    ("length-1", Framing::Length(1)),
    ("length-2", Framing::Length(2)),
    ("length-4", Framing::Length(4)),
    ("length-8", Framing::Length(8)),
];

impl Framing {
    /// The largest length in front of a message that is believed when reading, in bytes: 16 MiB.
    pub const LARGEST_READ: u64 = 16 << 20;

    /// The framing of this name in the language (`raw`, `line`, …, `length-8`).
    pub fn parse(name: &str) -> Option<Self> {
        NAMES
            .into_iter()
            .find_map(|(known, framing)| (known == name).then_some(framing))
    }

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        NAMES
            .into_iter()
            .find_map(|(name, known)| (known == self).then_some(name))
            .unwrap_or("length-8")
    }

    /// All names of the language.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().map(|(name, _)| name)
    }

    /// The longest payload that its length in front can say, in bytes; `None` where nothing limits it.
    pub fn longest_payload(self) -> Option<u64> {
        match self {
            Framing::Length(width) => Some(largest(width)),
            _ => None,
        }
    }

    /// The bytes of one message on the wire.
    ///
    /// A payload longer than a length prefix can say gets the largest length: linting refuses such a scenario before.
    pub fn frame(self, payload: &[u8]) -> Vec<u8> {
        match self {
            Framing::Raw => payload.to_vec(),
            Framing::Line => [payload, b"\n"].concat(),
            Framing::Crlf => [payload, b"\r\n"].concat(),
            Framing::Nul => [payload, b"\0"].concat(),
            Framing::Length(width) => {
                let length = (payload.len() as u64).min(largest(width)).to_be_bytes();
                [&length[length.len() - digits(width)..], payload].concat()
            }
        }
    }

    /// What stands at the front of `stream`; never used with [`Framing::Raw`], which gives all there is as one message.
    pub fn unframe(self, stream: &[u8]) -> Unframed {
        match self {
            Framing::Raw if stream.is_empty() => Unframed::Partial,
            Framing::Raw => Unframed::Message {
                payload: 0..stream.len(),
                next: stream.len(),
            },
            Framing::Line => ended(memchr(b'\n', stream), 1, |end| {
                end - usize::from(stream[..end].ends_with(b"\r"))
            }),
            Framing::Crlf => ended(memmem::find(stream, b"\r\n"), 2, |end| end),
            Framing::Nul => ended(memchr(b'\0', stream), 1, |end| end),
            Framing::Length(width) => counted(stream, digits(width)),
        }
    }
}

/// A message that ends at `end`, where a mark of `mark` bytes stands.
fn ended(end: Option<usize>, mark: usize, payload: impl Fn(usize) -> usize) -> Unframed {
    match end {
        Some(end) => Unframed::Message {
            payload: 0..payload(end),
            next: end + mark,
        },
        None => Unframed::Partial,
    }
}

/// A message with its length in the first `width` bytes.
fn counted(stream: &[u8], width: usize) -> Unframed {
    let Some((length, rest)) = stream.split_at_checked(width) else {
        return Unframed::Partial;
    };
    let claimed = length
        .iter()
        .fold(0u64, |length, &byte| length << 8 | u64::from(byte));
    if claimed > Framing::LARGEST_READ {
        return Unframed::Nonsense { claimed };
    }
    match usize::try_from(claimed) {
        Ok(length) if length <= rest.len() => Unframed::Message {
            payload: width..width + length,
            next: width + length,
        },
        _ => Unframed::Partial,
    }
}

/// How many bytes a length takes: no more than a `u64` has.
fn digits(width: u8) -> usize {
    usize::from(width.min(8))
}

/// The largest length of so many bytes.
fn largest(width: u8) -> u64 {
    u64::MAX
        .checked_shr(64 - 8 * u32::from(width.min(8)))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Framing, Unframed};

    fn message(payload: std::ops::Range<usize>, next: usize) -> Unframed {
        Unframed::Message { payload, next }
    }

    #[test]
    fn names_and_framings_are_one_to_one() {
        assert_eq!(Framing::names().count(), 8);
        for name in Framing::names() {
            assert_eq!(Framing::parse(name).map(Framing::name), Some(name));
        }
        for wrong in ["", "Line", "length", "length-3", "length-16", "lf"] {
            assert_eq!(Framing::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Framing::Length(2).longest_payload(), Some(65535));
        assert_eq!(Framing::Length(8).longest_payload(), Some(u64::MAX));
        assert_eq!(Framing::Line.longest_payload(), None);
    }

    #[test]
    fn frames() {
        let cases: &[(&str, &[u8], &[u8])] = &[
            ("raw", b"hi", b"hi"),
            ("line", b"hi", b"hi\n"),
            ("line", b"", b"\n"),
            ("crlf", b"hi", b"hi\r\n"),
            ("nul", b"hi", b"hi\0"),
            ("length-1", b"hi", b"\x02hi"),
            ("length-2", b"hi", b"\x00\x02hi"),
            ("length-4", b"hi", b"\x00\x00\x00\x02hi"),
            ("length-8", b"hi", b"\x00\x00\x00\x00\x00\x00\x00\x02hi"),
            ("length-4", b"", b"\x00\x00\x00\x00"),
        ];
        for (name, payload, wire) in cases {
            let framing = Framing::parse(name).expect(name);
            assert_eq!(framing.frame(payload), *wire, "{name}");
        }
        let long = Framing::Length(1).frame(&[b'x'; 300]);
        assert_eq!((long[0], long.len()), (255, 301));
    }

    #[test]
    fn unframes() {
        let cases: &[(&str, &[u8], Unframed)] = &[
            ("raw", b"ab", message(0..2, 2)),
            ("raw", b"", Unframed::Partial),
            ("line", b"ab\ncd\n", message(0..2, 3)),
            ("line", b"ab\r\ncd", message(0..2, 4)),
            ("line", b"ab\r\r\n", message(0..3, 5)),
            ("line", b"\n", message(0..0, 1)),
            ("line", b"\r\n", message(0..0, 2)),
            ("line", b"ab\r", Unframed::Partial),
            ("line", b"", Unframed::Partial),
            ("crlf", b"a\nb\r\nc", message(0..3, 5)),
            ("crlf", b"a\r", Unframed::Partial),
            ("crlf", b"a\n", Unframed::Partial),
            ("nul", b"a\nb\0c", message(0..3, 4)),
            ("nul", b"ab", Unframed::Partial),
            ("length-1", b"\x02hi!", message(1..3, 3)),
            ("length-1", b"\x00", message(1..1, 1)),
            ("length-1", b"", Unframed::Partial),
            ("length-1", b"\x03hi", Unframed::Partial),
            ("length-2", b"\x00\x02hi", message(2..4, 4)),
            ("length-2", b"\x00", Unframed::Partial),
            ("length-4", b"\x00\x00\x00\x02h", Unframed::Partial),
            // 16 MiB is believed, one more is not.
            ("length-4", b"\x01\x00\x00\x00", Unframed::Partial),
            (
                "length-4",
                b"\x01\x00\x00\x01",
                Unframed::Nonsense {
                    claimed: 0x0100_0001,
                },
            ),
            // Text where a length should be.
            (
                "length-4",
                b"hello",
                Unframed::Nonsense {
                    claimed: 0x6865_6c6c,
                },
            ),
            (
                "length-8",
                b"\xff\xff\xff\xff\xff\xff\xff\xff",
                Unframed::Nonsense { claimed: u64::MAX },
            ),
        ];
        for (name, stream, expected) in cases {
            let framing = Framing::parse(name).expect(name);
            assert_eq!(framing.unframe(stream), *expected, "{name}: {stream:?}");
        }
    }

    /// Messages of any content that the framing can carry come out as they went in, however the stream is cut.
    #[test]
    fn messages_come_back_however_the_stream_is_cut() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: usize| {
            // xorshift64 (Marsaglia, 2003)
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below as u64) as usize
        };
        for name in Framing::names().filter(|name| *name != "raw") {
            let framing = Framing::parse(name).expect(name);
            for _ in 0..50 {
                let messages: Vec<Vec<u8>> = (0..random(6))
                    .map(|_| {
                        let mut message: Vec<u8> =
                            (0..random(250)).map(|_| random(256) as u8).collect();
                        match framing {
                            Framing::Line | Framing::Crlf => {
                                message.retain(|byte| !b"\r\n".contains(byte));
                            }
                            Framing::Nul => message.retain(|&byte| byte != 0),
                            _ => {}
                        }
                        message
                    })
                    .collect();
                let wire: Vec<u8> = messages.iter().flat_map(|m| framing.frame(m)).collect();

                let (mut came, mut unread, mut read) = (0, Vec::new(), Vec::new());
                while came < wire.len() {
                    let piece = (1 + random(40)).min(wire.len() - came);
                    unread.extend_from_slice(&wire[came..came + piece]);
                    came += piece;
                    while let Unframed::Message { payload, next } = framing.unframe(&unread) {
                        read.push(unread[payload].to_vec());
                        unread.drain(..next);
                    }
                }
                assert_eq!(read, messages, "{name}");
                assert_eq!(unread, b"", "{name}");
            }
        }
    }
}
