//! Frames that are sent.

use super::decoder::Opcode;
use super::{Key, Side};
use crate::wire::Cut;
use crate::wire::random::Random;

/// Makes frames for one connection.
#[derive(Clone, Debug)]
pub struct Encoder {
    /// `None`: a server's frames are not masked.
    masks: Option<Random>,
}

impl Encoder {
    /// What `side` sends; `key` is that of the handshake, from which a client's masks follow, so that they can be repeated.
    pub fn new(side: Side, key: &Key) -> Self {
        let masks = (side == Side::Client).then(|| {
            // FNV-1a.
            let bytes = key.text().bytes();
            Random::new(bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            }))
        });
        Encoder { masks }
    }

    /// The frames of one message: one for each piece of its payload, of which `cut` says how it is cut.
    pub fn message(&mut self, opcode: Opcode, payload: &[u8], cut: &Cut) -> Vec<Vec<u8>> {
        let mut pieces = cut.pieces(payload);
        if pieces.is_empty() {
            pieces.push(&[]);
        }
        let last = pieces.len() - 1;
        let frame = |(index, piece): (usize, &&[u8])| {
            let first = if index == 0 { opcode.number() } else { 0 };
            self.frame(first, index == last, piece)
        };
        pieces.iter().enumerate().map(frame).collect()
    }

    fn frame(&mut self, opcode: u8, last: bool, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![u8::from(last) << 7 | opcode];
        let masked = u8::from(self.masks.is_some()) << 7;
        match payload.len() {
            length @ 0..=125 => frame.push(masked | length as u8),
            length @ 126..=0xffff => {
                frame.push(masked | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            length => {
                frame.push(masked | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        match self.mask() {
            None => frame.extend(payload),
            Some(mask) => {
                frame.extend(mask);
                let masked = payload.iter().zip(mask.iter().cycle());
                frame.extend(masked.map(|(byte, mask)| byte ^ mask));
            }
        }
        frame
    }

    /// No byte of it is zero: who doesn't unmask gets no byte right.
    fn mask(&mut self) -> Option<[u8; 4]> {
        let [one, two, three, four, ..] = self.masks.as_mut()?.draw().to_be_bytes();
        Some([one | 1, two | 1, three | 1, four | 1])
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Decoder, Key, Message, Opcode, Side};
    use super::Encoder;
    use crate::wire::Cut;

    fn key() -> Key {
        Key::new(*b"the sample nonce")
    }

    #[test]
    fn a_server_s_frames_are_those_of_the_rfc() {
        // Section 5.7.
        let mut server = Encoder::new(Side::Server, &key());
        let whole = server.message(Opcode::Text, b"Hello", &Cut::Whole);
        assert_eq!(whole, [b"\x81\x05Hello".to_vec()]);
        let two = server.message(Opcode::Text, b"Hello", &Cut::At(vec![3]));
        assert_eq!(two, [b"\x01\x03Hel".to_vec(), b"\x80\x02lo".to_vec()]);
        let ping = server.message(Opcode::Ping, b"Hello", &Cut::Whole);
        assert_eq!(ping, [b"\x89\x05Hello".to_vec()]);
        let empty = server.message(Opcode::Binary, b"", &Cut::Bytes);
        assert_eq!(empty, [b"\x82\x00".to_vec()]);
    }

    #[test]
    fn lengths_take_the_fewest_bytes() {
        let mut server = Encoder::new(Side::Server, &key());
        for (length, front) in [
            (125, &[0x82, 125][..]),
            (126, &[0x82, 126, 0, 126]),
            (0xffff, &[0x82, 126, 0xff, 0xff]),
            (0x1_0000, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let frame = server.message(Opcode::Binary, &vec![7; length], &Cut::Whole);
            assert_eq!(&frame[0][..front.len()], front, "{length}");
            assert_eq!(frame[0].len(), front.len() + length);
        }
    }

    #[test]
    fn a_client_s_masks_have_no_zero_are_fresh_and_can_be_repeated() {
        let frames = |count: usize| -> Vec<Vec<u8>> {
            let mut client = Encoder::new(Side::Client, &key());
            let each = |_| client.message(Opcode::Text, b"hello", &Cut::Whole).concat();
            (0..count).map(each).collect()
        };
        let first = frames(50);
        assert_eq!(first, frames(50));
        for (index, frame) in first.iter().enumerate() {
            assert_eq!(frame[..2], [0x81, 0x85]);
            assert!(!frame[2..6].contains(&0), "{frame:?}");
            assert!(!first[..index].contains(frame), "{frame:?}");
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for side in [Side::Client, Side::Server] {
            let mut encoder = Encoder::new(side, &key());
            let mut decoder = Decoder::new(side);
            for length in [0, 1, 125, 126, 127, 65535, 65536, 70_000] {
                for cut in [Cut::Whole, Cut::Every(1000), Cut::At(vec![1])] {
                    let payload: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
                    for frame in encoder.message(Opcode::Binary, &payload, &cut) {
                        decoder.feed(&frame);
                    }
                    let message = Message {
                        opcode: Opcode::Binary,
                        data: payload,
                    };
                    assert_eq!(decoder.next(), Ok(Some(message)), "{length} {cut:?}");
                    assert_eq!(decoder.next(), Ok(None));
                }
            }
        }
    }
}
