//! Messages that are received, and everything that is wrong with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LONGEST_CONTROL, Side, is_close_code};
use crate::wire::Framing;

/// What a message is (section 11.8); a fragment that continues one has no opcode of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// Text in UTF-8.
    Text,
    /// Any bytes.
    Binary,
    /// The end of the talk: nothing, or a code of two bytes and a reason.
    Close,
    /// Asks for a pong with the same bytes.
    Ping,
    /// The answer.
    Pong,
}

impl Opcode {
    pub(super) fn number(self) -> u8 {
        match self {
            Opcode::Text => 1,
            Opcode::Binary => 2,
            Opcode::Close => 8,
            Opcode::Ping => 9,
            Opcode::Pong => 10,
        }
    }

    fn of(number: u8) -> Option<Self> {
        Some(match number {
            1 => Opcode::Text,
            2 => Opcode::Binary,
            8 => Opcode::Close,
            9 => Opcode::Ping,
            10 => Opcode::Pong,
            _ => return None,
        })
    }

    /// Close, ping and pong stand between the fragments of other messages, and are not cut themselves (section 5.4).
    fn is_control(self) -> bool {
        !matches!(self, Opcode::Text | Opcode::Binary)
    }
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub opcode: Opcode,
    /// All of its payload, unmasked.
    pub data: Vec<u8>,
}

/// How bytes break the rules of RFC 6455. What follows is no message any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Violation {
    /// A server's frame is masked (section 5.1).
    Masked,
    /// A client's frame is not (section 5.1).
    Unmasked,
    /// A bit is set that belongs to an extension, and none was agreed upon (section 5.2).
    ReservedBits {
        /// The frame's first byte.
        first: u8,
    },
    /// An opcode that does not exist (section 5.2).
    UnknownOpcode {
        /// 3 to 7, or 11 to 15.
        opcode: u8,
    },
    /// A close, ping or pong in fragments (section 5.5).
    FragmentedControl,
    /// A close, ping or pong of more than 125 bytes (section 5.5).
    LongControl {
        /// Its length.
        length: u64,
    },
    /// A length in more bytes than it needs (section 5.2).
    WideLength {
        /// The length.
        length: u64,
        /// How many bytes it takes, behind the first two.
        bytes: u8,
    },
    /// A length that no message of a lab has (more than [`Framing::LARGEST_READ`]): these bytes are no length.
    TooLong {
        /// The length that they would say.
        length: u64,
    },
    /// A fragment that continues nothing (section 5.4).
    NothingToContinue,
    /// A new message in the middle of one in fragments (section 5.4).
    Interrupted,
    /// A text that is not UTF-8 (section 8.1).
    NotUtf8 {
        /// So many of its bytes are.
        valid: usize,
    },
    /// A close frame of one byte: its code takes two (section 5.5.1).
    HalfCode,
    /// A close frame with a code that none may have (section 7.4).
    CloseCode {
        /// The code.
        code: u16,
    },
    /// A text or binary message behind the close frame (section 5.5.1).
    AfterClose,
}

/// Takes messages out of the bytes that one end sends, in whatever pieces they come.
#[derive(Clone, Debug)]
pub struct Decoder {
    from: Side,
    bytes: Vec<u8>,
    /// Before it everything is decoded.
    done: usize,
    /// A message of which the last fragment has not come.
    begun: Option<Message>,
    closed: bool,
}

/// The head of a frame.
struct Head {
    last: bool,
    /// `None`: it continues a message.
    opcode: Option<Opcode>,
    mask: Option<[u8; 4]>,
    /// Of the payload.
    length: usize,
    /// Of the head itself.
    size: usize,
}

impl Decoder {
    /// For what `from` sends.
    pub fn new(from: Side) -> Self {
        Decoder {
            from,
            bytes: Vec::new(),
            done: 0,
            begun: None,
            closed: false,
        }
    }

    /// More has come.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.done);
        self.done = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// What has come and is not decoded yet.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.done..]
    }

    /// The next whole message; `None`: more must come.
    ///
    /// # Errors
    ///
    /// How the bytes at the front of [`rest`](Self::rest) break the rules. They stay there.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Message>, Violation> {
        while let Some(head) = self.head()? {
            let from = self.done + head.size;
            let Some(payload) = self.bytes.get(from..from + head.length) else {
                return Ok(None);
            };
            let mut payload = payload.to_vec();
            for (byte, mask) in payload
                .iter_mut()
                .zip(head.mask.unwrap_or_default().iter().cycle())
            {
                *byte ^= mask;
            }
            let whole = match (head.opcode, &mut self.begun) {
                (Some(opcode), _) if opcode.is_control() => Some(Message {
                    opcode,
                    data: payload,
                }),
                (_, _) if self.closed => return Err(Violation::AfterClose),
                (Some(_), Some(_)) => return Err(Violation::Interrupted),
                (None, None) => return Err(Violation::NothingToContinue),
                (Some(opcode), None) => {
                    let message = Message {
                        opcode,
                        data: payload,
                    };
                    if head.last {
                        Some(message)
                    } else {
                        self.begun = Some(message);
                        None
                    }
                }
                (None, Some(begun)) => {
                    begun.data.extend(payload);
                    if begun.data.len() as u64 > Framing::LARGEST_READ {
                        let length = begun.data.len() as u64;
                        return Err(Violation::TooLong { length });
                    }
                    if head.last { self.begun.take() } else { None }
                }
            };
            if let Some(message) = &whole {
                check(message)?;
                self.closed |= message.opcode == Opcode::Close;
            }
            self.done = from + head.length;
            if whole.is_some() {
                return Ok(whole);
            }
        }
        Ok(None)
    }

    /// The head of the frame at the front.
    fn head(&self) -> Result<Option<Head>, Violation> {
        let rest = self.rest();
        let Some(&first) = rest.first() else {
            return Ok(None);
        };
        if first & 0x70 != 0 {
            return Err(Violation::ReservedBits { first });
        }
        let number = first & 0x0f;
        let opcode = Opcode::of(number);
        if opcode.is_none() && number != 0 {
            return Err(Violation::UnknownOpcode { opcode: number });
        }
        let last = first & 0x80 != 0;
        let is_control = opcode.is_some_and(Opcode::is_control);
        if is_control && !last {
            return Err(Violation::FragmentedControl);
        }
        let Some(&second) = rest.get(1) else {
            return Ok(None);
        };
        match (second & 0x80 != 0, self.from) {
            (true, Side::Server) => return Err(Violation::Masked),
            (false, Side::Client) => return Err(Violation::Unmasked),
            _ => {}
        }
        let width = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(wide) = rest.get(2..2 + width) else {
            return Ok(None);
        };
        let length = match width {
            0 => u64::from(second & 0x7f),
            _ => wide
                .iter()
                .fold(0u64, |length, &byte| length << 8 | u64::from(byte)),
        };
        if is_control && length > LONGEST_CONTROL as u64 {
            return Err(Violation::LongControl { length });
        }
        let least = match width {
            0 => 0,
            2 => 126,
            _ => 0x1_0000,
        };
        if length < least {
            let bytes = width as u8;
            return Err(Violation::WideLength { length, bytes });
        }
        if length > Framing::LARGEST_READ {
            return Err(Violation::TooLong { length });
        }
        let mask_at = 2 + width;
        let mask = match self.from {
            Side::Server => None,
            Side::Client => match rest.get(mask_at..mask_at + 4) {
                Some(&[a, b, c, d]) => Some([a, b, c, d]),
                _ => return Ok(None),
            },
        };
        Ok(Some(Head {
            last,
            opcode,
            size: mask_at + mask.map_or(0, |mask| mask.len()),
            mask,
            length: length as usize,
        }))
    }
}

/// Whether what a whole message holds is allowed.
fn check(message: &Message) -> Result<(), Violation> {
    let text = match (message.opcode, message.data.as_slice()) {
        (Opcode::Text, text) => text,
        (Opcode::Close, [_]) => return Err(Violation::HalfCode),
        (Opcode::Close, [high, low, reason @ ..]) => {
            let code = u16::from_be_bytes([*high, *low]);
            if !is_close_code(code) {
                return Err(Violation::CloseCode { code });
            }
            reason
        }
        _ => return Ok(()),
    };
    match std::str::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(Violation::NotUtf8 {
            valid: error.valid_up_to(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Message, Opcode, Side, Violation};

    fn decode(from: Side, bytes: &[u8]) -> (Vec<Message>, Option<Violation>) {
        let mut decoder = Decoder::new(from);
        decoder.feed(bytes);
        let mut messages = Vec::new();
        loop {
            match decoder.next() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => return (messages, None),
                Err(violation) => return (messages, Some(violation)),
            }
        }
    }

    fn message(opcode: Opcode, data: &[u8]) -> Message {
        Message {
            opcode,
            data: data.to_vec(),
        }
    }

    #[test]
    fn the_examples_of_the_rfc() {
        // Section 5.7.
        let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
        let cases: [(Side, &[u8], Message); 4] = [
            (
                Side::Server,
                b"\x81\x05Hello",
                message(Opcode::Text, b"Hello"),
            ),
            (Side::Client, masked, message(Opcode::Text, b"Hello")),
            (
                Side::Server,
                b"\x01\x03Hel\x80\x02lo",
                message(Opcode::Text, b"Hello"),
            ),
            (
                Side::Client,
                b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
                message(Opcode::Pong, b"Hello"),
            ),
        ];
        for (from, bytes, expected) in cases {
            assert_eq!(decode(from, bytes), (vec![expected], None), "{bytes:x?}");
        }
    }

    #[test]
    fn the_pieces_in_which_bytes_come_make_no_difference() {
        let bytes = b"\x01\x03\xe4\xbd\xa0\x89\x01p\x80\x03\xe5\xa5\xbd\x82\x7e\x00\x7e";
        let bytes = [&bytes[..], &[9; 126], b"\x88\x05\x03\xe8bye"].concat();
        let expected = vec![
            message(Opcode::Ping, b"p"),
            message(Opcode::Text, "你好".as_bytes()),
            message(Opcode::Binary, &[9; 126]),
            message(Opcode::Close, b"\x03\xe8bye"),
        ];
        assert_eq!(decode(Side::Server, &bytes), (expected.clone(), None));
        for size in 1..9 {
            let mut decoder = Decoder::new(Side::Server);
            let mut messages = Vec::new();
            for piece in bytes.chunks(size) {
                decoder.feed(piece);
                while let Some(message) = decoder.next().unwrap() {
                    messages.push(message);
                }
            }
            assert_eq!(messages, expected, "pieces of {size}");
            assert_eq!(decoder.rest(), b"");
        }
    }

    #[test]
    fn every_rule_that_can_be_broken() {
        let mut long_ping = vec![0x89, 126, 0, 126];
        long_ping.extend([0; 126]);
        let server: [(&[u8], Violation); 17] = [
            (b"\x81\x80\0\0\0\0", Violation::Masked),
            (b"\xc1\x00", Violation::ReservedBits { first: 0xc1 }),
            (b"\x91\x00", Violation::ReservedBits { first: 0x91 }),
            // Not a frame at all.
            (b"HTTP", Violation::ReservedBits { first: b'H' }),
            (b"\x83\x00", Violation::UnknownOpcode { opcode: 3 }),
            (b"\x8f\x00", Violation::UnknownOpcode { opcode: 15 }),
            (b"\x09\x00", Violation::FragmentedControl),
            (&long_ping, Violation::LongControl { length: 126 }),
            (
                b"\x81\x7e\x00\x05Hello",
                Violation::WideLength {
                    length: 5,
                    bytes: 2,
                },
            ),
            (
                b"\x82\x7f\0\0\0\0\0\0\xff\xff",
                Violation::WideLength {
                    length: 65535,
                    bytes: 8,
                },
            ),
            (
                b"\x82\x7f\0\0\0\0\x7f\0\0\0",
                Violation::TooLong {
                    length: 0x7f00_0000,
                },
            ),
            (b"\x80\x01a", Violation::NothingToContinue),
            (b"\x01\x01a\x81\x01b", Violation::Interrupted),
            (b"\x81\x03a\xe4\xbd", Violation::NotUtf8 { valid: 1 }),
            (b"\x88\x01\x03", Violation::HalfCode),
            (b"\x88\x02\x03\xed", Violation::CloseCode { code: 1005 }),
            (b"\x88\x00\x81\x01a", Violation::AfterClose),
        ];
        for (bytes, violation) in server {
            assert_eq!(decode(Side::Server, bytes).1, Some(violation), "{bytes:x?}");
        }
        assert_eq!(
            decode(Side::Client, b"\x81\x01a").1,
            Some(Violation::Unmasked)
        );
    }

    #[test]
    fn what_breaks_a_rule_stays_and_what_came_before_is_told() {
        let mut decoder = Decoder::new(Side::Server);
        decoder.feed(b"\x81\x02ok\xff\xff");
        assert_eq!(decoder.next(), Ok(Some(message(Opcode::Text, b"ok"))));
        let violation = Violation::ReservedBits { first: 0xff };
        assert_eq!(decoder.next(), Err(violation.clone()));
        assert_eq!(decoder.next(), Err(violation));
        assert_eq!(decoder.rest(), b"\xff\xff");
    }
}
