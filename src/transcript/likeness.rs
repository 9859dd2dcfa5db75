//! In what another text is the same one after all: what a reader would overlook, or take for the same.

use encoding_rs::GBK;
use memchr::memmem;
use unicode_normalization::UnicodeNormalization;

/// What sets two texts apart that are otherwise the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Line ends: `\r\n`, `\n` or `\r`, or one more or less at the end.
    Newline,
    /// Upper and lower case.
    Case,
    /// Full-width and half-width forms and other characters that look alike: `：` and `:`, `“` and `"`, `—` and `-`;
    /// with or without spaces, as a full-width sign brings its own.
    Width,
    /// Spaces, tabs and the like: more, fewer or others.
    Space,
}

/// What alone sets `expected` apart from some part of `came`; `None` where it is something else, or where nothing does.
pub fn same_but_for(expected: &str, came: &str) -> Option<Likeness> {
    if came.contains(expected) {
        return None;
    }
    type Fold = fn(&str) -> String;
    let folds: [(Fold, Likeness); 5] = [
        (newlines, Likeness::Newline),
        (str::to_lowercase, Likeness::Case),
        (widths, Likeness::Width),
        (spaces, Likeness::Space),
        (|text| spaces(&widths(text)), Likeness::Width),
    ];
    folds.into_iter().find_map(|(fold, likeness)| {
        let expected = fold(expected);
        (!expected.is_empty() && fold(came).contains(&expected)).then_some(likeness)
    })
}

fn newlines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_end_matches('\n').to_owned()
}

fn widths(text: &str) -> String {
    text.nfkc().map(plain).collect()
}

/// A character in the forms that look like it.
pub(super) fn look_alike(character: char) -> impl Iterator<Item = char> {
    std::iter::once(character).nfkc().map(plain)
}

fn plain(character: char) -> char {
    match character {
        '‘' | '’' | '‚' | '′' | '`' | '´' => '\'',
        '“' | '”' | '„' | '″' | '「' | '」' | '『' | '』' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        '。' => '.',
        '、' => ',',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        '《' | '〈' => '<',
        '》' | '〉' => '>',
        other => other,
    }
}

fn spaces(text: &str) -> String {
    text.chars()
        .filter(|character| {
            // Zero-width ones and the byte order mark are no white space to Unicode.
            !character.is_whitespace() && !matches!(character, '\u{200b}'..='\u{200d}' | '\u{feff}')
        })
        .collect()
}

/// Stands for an encoding where a text was printed as a program shows bytes: `\xe4\xbd\xa0`.
pub const ESCAPED: &str = "escaped";

/// Stands for an encoding where the UTF-8 of a text was read as Latin-1 and written as UTF-8 again.
pub const MOJIBAKE: &str = "mojibake";

/// The encoding in which `expected` is in `came`: `utf-8`, `gbk`, `utf-16le`, `utf-16be`, `latin-1`, [`ESCAPED`] or [`MOJIBAKE`].
///
/// Encodings in which it has the same bytes as in ASCII are not named.
pub fn in_other_encoding(expected: &str, came: &[u8]) -> Option<&'static str> {
    if expected.is_empty() {
        return None;
    }
    let holds = |bytes: &[u8]| memmem::find(came, bytes).is_some();
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        expected.encode_utf16().flat_map(bytes).collect()
    };
    if holds(&utf_16(u16::to_le_bytes)) {
        return Some("utf-16le");
    }
    if holds(&utf_16(u16::to_be_bytes)) {
        return Some("utf-16be");
    }
    if expected.is_ascii() {
        return None;
    }
    if holds(expected.as_bytes()) {
        return Some("utf-8");
    }
    let (gbk, _, lossy) = GBK.encode(expected);
    if !lossy && holds(&gbk) {
        return Some("gbk");
    }
    let latin: Option<Vec<u8>> = expected
        .chars()
        .map(|character| u8::try_from(character).ok())
        .collect();
    if latin.is_some_and(|latin| holds(&latin)) {
        return Some("latin-1");
    }
    let as_latin: String = expected.bytes().map(char::from).collect();
    if holds(as_latin.as_bytes()) {
        return Some(MOJIBAKE);
    }
    [expected.as_bytes(), &gbk]
        .into_iter()
        .any(|bytes| holds(escaped(bytes).as_bytes()))
        .then_some(ESCAPED)
}

/// As Python and others show bytes that are no ASCII.
fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| {
            if byte.is_ascii() {
                char::from(byte).to_string()
            } else {
                format!("\\x{byte:02x}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Likeness::{Case, Newline, Space, Width};
    use super::{in_other_encoding, same_but_for};

    #[test]
    fn what_alone_sets_two_texts_apart() {
        let cases = [
            ("mango-41", "x: MANGO-41\n", Some(Case)),
            ("Straße", "STRASSE", None),
            ("Ärger", "ärger", Some(Case)),
            ("你好：a", "你好:a", Some(Width)),
            ("你好:a", "你好：a", Some(Width)),
            ("你好: a", "你好：a", Some(Width)),
            ("mango", "ｍａｎｇｏ", Some(Width)),
            ("say \"hi\"", "say “hi”", Some(Width)),
            ("a-b", "a—b", Some(Width)),
            ("再见.", "再见。", Some(Width)),
            ("Mango:", "mango：", None),
            ("a b", "a  b", Some(Space)),
            ("a b", "ab", Some(Space)),
            ("a b", "a\tb", Some(Space)),
            ("a b", "a\u{a0}b", Some(Width)),
            ("ab", "a\u{200b}b", Some(Space)),
            ("ab", "a\nb", Some(Space)),
            ("a\nb", "a\r\nb", Some(Newline)),
            ("a\r\nb\r\n", "a\nb", Some(Newline)),
            ("bye\n", "bye", Some(Newline)),
            // the same, or something else
            ("mango", "a mango", None),
            ("mango", "melon", None),
            ("", "melon", None),
            (" ", "melon", None),
            ("mango", "", None),
        ];
        for (expected, came, likeness) in cases {
            assert_eq!(
                same_but_for(expected, came),
                likeness,
                "{expected:?} {came:?}"
            );
        }
    }

    #[test]
    fn the_same_text_in_another_encoding() {
        let cases: &[(&str, &[u8], Option<&str>)] = &[
            ("你好", b"x\xc4\xe3\xba\xc3", Some("gbk")),
            ("你好", "x你好".as_bytes(), Some("utf-8")),
            ("你好", b"\x60\x4f\x7d\x59", Some("utf-16le")),
            ("你好", b"\x4f\x60\x59\x7d", Some("utf-16be")),
            ("hi", b"h\0i\0", Some("utf-16le")),
            ("hi", b"\0h\0i", Some("utf-16be")),
            ("caf\u{e9}", b"caf\xe9", Some("latin-1")),
            ("你好", br"b'\xe4\xbd\xa0\xe5\xa5\xbd'", Some("escaped")),
            ("你a", br"b'\xc4\xe3a'", Some("escaped")),
            ("你", "ä½\u{a0}".as_bytes(), Some("mojibake")),
            ("hi", b"hi", None),
            ("hi", b"HI", None),
            ("你好", b"\xc4\xe3", None),
            ("你🙂", b"\xc4\xe3&#128578;", None),
            ("", b"x", None),
        ];
        for (expected, came, encoding) in cases {
            let told = in_other_encoding(expected, came);
            assert_eq!(
                told,
                *encoding,
                "{expected:?} {:?}",
                came.escape_ascii().to_string()
            );
        }
    }
}
