//! Bytes of another encoding as text, and where in the bytes each character of it stands.

use encoding_rs::Encoding;

/// The text of all bytes but those of a character at the end that is not yet whole. What is no text becomes U+FFFD.
pub(super) fn decode(bytes: &[u8], encoding: &'static Encoding) -> String {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    let _ = decoder.decode_to_string(bytes, &mut text, false);
    text
}

/// Where each character of [`decode`]'s text ends: in the text, and in the bytes. Both rise.
pub(super) struct Places(Vec<(usize, usize)>);

impl Places {
    pub(super) fn new(bytes: &[u8], encoding: &'static Encoding) -> Self {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut places = Vec::new();
        let mut end = 0;
        // Room for what a malformed sequence of four bytes leaves behind.
        let mut buffer = [0; 32];
        for (offset, byte) in bytes.iter().enumerate() {
            let (_, _, written, _) =
                decoder.decode_to_utf8(std::slice::from_ref(byte), &mut buffer, false);
            let text = String::from_utf8_lossy(&buffer[..written]);
            let mut characters = text.chars().peekable();
            while let Some(character) = characters.next() {
                end += character.len_utf8();
                // When one byte settles several characters, only the last of them ends with it.
                places.push((end, offset + usize::from(characters.peek().is_none())));
            }
        }
        Places(places)
    }

    /// Where in the bytes the character ends that ends here in the text, or the last one before.
    pub(super) fn in_bytes(&self, in_text: usize) -> usize {
        let before = self.0.partition_point(|&(text, _)| text <= in_text);
        before.checked_sub(1).map_or(0, |last| self.0[last].1)
    }

    /// Where in the text the character ends that ends here in the bytes, or the last one before.
    pub(super) fn in_text(&self, in_bytes: usize) -> usize {
        let before = self.0.partition_point(|&(_, bytes)| bytes <= in_bytes);
        before.checked_sub(1).map_or(0, |last| self.0[last].0)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;

    use super::{Places, decode};

    #[test]
    fn characters_are_found_again_in_the_bytes() {
        // (bytes, text, byte offsets at which the characters end)
        let cases: &[(&[u8], &str, &[usize])] = &[
            (b"", "", &[]),
            (b"ab", "ab", &[1, 2]),
            (b"a\xc4\xe3\xba\xc3b", "a你好b", &[1, 3, 5, 6]),
            // a character that is not yet whole
            (b"a\xc4\xe3\xba", "a你", &[1, 3]),
            (b"\xc4", "", &[]),
            // a first byte before an end of line: it is no character, the end of line stays one
            (b"\xc4\nb", "\u{fffd}\nb", &[1, 2, 3]),
            (b"\xffa", "\u{fffd}a", &[1, 2]),
            // four bytes (GB18030)
            (b"\x81\x30\x81\x30a", "\u{80}a", &[4, 5]),
        ];
        for (bytes, text, ends) in cases {
            assert_eq!(decode(bytes, GBK), *text, "{bytes:?}");
            let places = Places::new(bytes, GBK);
            let mut in_text = 0;
            for (character, &end) in text.chars().zip(*ends) {
                in_text += character.len_utf8();
                assert_eq!(places.in_bytes(in_text), end, "{bytes:?} {in_text}");
                assert_eq!(places.in_text(end), in_text, "{bytes:?} {end}");
            }
            assert_eq!(places.0.len(), ends.len(), "{bytes:?}");
            assert_eq!(places.in_bytes(0), 0);
        }
    }

    #[test]
    fn places_agree_with_the_text_for_any_bytes() {
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..300 {
            let bytes: Vec<u8> = (0..40)
                .map(|_| {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    b"0\x30\x81\xc4\xe3a\n\xff\x80\xfe"[(seed % 10) as usize]
                })
                .collect();
            let text = decode(&bytes, GBK);
            let places = Places::new(&bytes, GBK);
            let ends: Vec<usize> = text
                .char_indices()
                .map(|(start, character)| start + character.len_utf8())
                .collect();
            let told: Vec<usize> = places.0.iter().map(|&(end, _)| end).collect();
            assert_eq!(told, ends, "{bytes:x?}");
            assert!(places.0.is_sorted_by_key(|&(_, end)| end), "{bytes:x?}");
        }
    }
}
