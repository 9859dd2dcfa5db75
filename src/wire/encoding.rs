//! How text becomes bytes and back.

use encoding_rs::{EncoderResult, GBK, UTF_8};

/// A text encoding of the language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// GBK, a superset of GB2312. The euro sign as byte 0x80 and characters for private use are read but not written:
    /// few programs know them.
    Gbk,
    /// GB2312: read as GBK, but a text with other characters than its 7445 (and ASCII) is refused.
    Gb2312,
}

const NAMES: [(&str, Encoding); 3] = [
    ("utf-8", Encoding::Utf8),
    ("gbk", Encoding::Gbk),
    ("gb2312", Encoding::Gb2312),
];

impl Encoding {
    /// The encoding of this name in the language (`utf-8`, `gbk`, `gb2312`).
    pub fn parse(name: &str) -> Option<Self> {
        NAMES
            .into_iter()
            .find_map(|(known, encoding)| (known == name).then_some(encoding))
    }

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Gbk => "gbk",
            Encoding::Gb2312 => "gb2312",
        }
    }

    /// All names of the language.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().map(|(name, _)| name)
    }

    /// How its bytes are read: that of GBK for GB2312 too.
    pub fn standard(self) -> &'static encoding_rs::Encoding {
        match self {
            Encoding::Utf8 => UTF_8,
            Encoding::Gbk | Encoding::Gb2312 => GBK,
        }
    }

    /// The bytes of a text, or the first character that this encoding does not have.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        if self == Encoding::Utf8 {
            return Ok(text.as_bytes().to_vec());
        }
        let mut bytes = Vec::with_capacity(text.len());
        let mut encoder = GBK.new_encoder();
        let mut buffer = [0; 8];
        for character in text.chars() {
            let mut source = [0; 4];
            let source = character.encode_utf8(&mut source);
            let (result, _, written) =
                encoder.encode_from_utf8_without_replacement(source, &mut buffer, false);
            let encoded = &buffer[..written];
            let known = match self {
                Encoding::Gb2312 => is_gb2312(encoded),
                _ => encoded != [0x80],
            };
            let private = matches!(character, '\u{e000}'..='\u{f8ff}');
            if result != EncoderResult::InputEmpty || !known || private {
                return Err(character);
            }
            bytes.extend_from_slice(encoded);
        }
        Ok(bytes)
    }

    /// The text of bytes; U+FFFD stands for what is none.
    pub fn decode_lossy(self, bytes: &[u8]) -> String {
        self.standard()
            .decode_without_bom_handling(bytes)
            .0
            .into_owned()
    }
}

/// Whether one character's GBK bytes are those of a character that GB2312 has too.
fn is_gb2312(encoded: &[u8]) -> bool {
    match *encoded {
        [0..=0x7f] => true,
        // What GBK has put into the gaps of these rows.
        [0xa2, 0xa1..=0xaa] | [0xa6, 0xd9..=0xfe] | [0xa8, 0xbb..=0xc0] => false,
        [0xa1..=0xf7, 0xa1..=0xfe] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding::{Gb2312, Gbk, Utf8};
    use super::{Encoding, GBK};

    #[test]
    fn names_and_encodings_are_one_to_one() {
        assert_eq!(Encoding::names().count(), 3);
        for name in Encoding::names() {
            assert_eq!(Encoding::parse(name).map(Encoding::name), Some(name));
        }
        for wrong in ["", "UTF-8", "utf8", "gb18030", "latin-1"] {
            assert_eq!(Encoding::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn encodes_or_names_the_first_character_that_cannot_be() {
        let cases = [
            (Utf8, "a你🙂", Ok("a你🙂".as_bytes())),
            (Gbk, "", Ok(&b""[..])),
            (Gbk, "a你好", Ok(&b"a\xc4\xe3\xba\xc3"[..])),
            (Gbk, "a\u{20ac}", Err('\u{20ac}')),
            (Gbk, "\u{e000}", Err('\u{e000}')),
            (Gbk, "ⅰ", Ok(&b"\xa2\xa1"[..])),
            (Gb2312, "ⅰ", Err('ⅰ')),
            (Gbk, "镕朱", Ok(&b"\xe9F\xd6\xec"[..])),
            (Gbk, "你🙂好", Err('🙂')),
            (Gbk, "é한", Err('한')),
            (Gb2312, "a你好", Ok(&b"a\xc4\xe3\xba\xc3"[..])),
            (Gb2312, "：，。", Ok(&b"\xa3\xba\xa3\xac\xa1\xa3"[..])),
            (Gb2312, "朱镕基", Err('镕')),
            (Gb2312, "\u{20ac}", Err('\u{20ac}')),
            (Gb2312, "繁體", Err('體')),
            (Gb2312, "🙂", Err('🙂')),
        ];
        for (encoding, text, expected) in cases {
            assert_eq!(
                encoding.encode(text),
                expected.map(<[u8]>::to_vec),
                "{encoding:?} {text}"
            );
        }
    }

    #[test]
    fn decodes_what_it_can() {
        let cases: &[(Encoding, &[u8], &str)] = &[
            (Utf8, b"a\xe4\xbd\xa0", "a你"),
            (Utf8, b"a\xe4\xbd", "a\u{fffd}"),
            (Utf8, b"\xef\xbb\xbfa", "\u{feff}a"),
            (Gbk, b"a\xc4\xe3\xba", "a你\u{fffd}"),
            (Gb2312, b"\xc4\xe3\xe9F", "你镕"),
        ];
        for (encoding, bytes, text) in cases {
            assert_eq!(
                encoding.decode_lossy(bytes),
                *text,
                "{encoding:?} {bytes:?}"
            );
        }
    }

    #[test]
    fn every_character_comes_back() {
        let mut counts = [0, 0];
        for character in '\u{80}'..='\u{ffff}' {
            let text = character.to_string();
            for (count, encoding) in counts.iter_mut().zip([Gbk, Gb2312]) {
                if let Ok(bytes) = encoding.encode(&text) {
                    *count += 1;
                    assert_eq!(encoding.decode_lossy(&bytes), text);
                    assert_eq!(GBK.encode(&text).0, bytes);
                }
            }
        }
        // 7445 is what GB 2312-1980 has.
        assert_eq!(counts[1], 7445);
        assert!(counts[0] > 21_886, "{counts:?}");
    }
}
