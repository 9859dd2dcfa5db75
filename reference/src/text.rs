//! Bytes and text: characters that are cut between two reads, upper case, and Python's way to show bytes.
//!
//! A stream has no message boundaries: a read may end in the middle of a character, whose rest comes with the next one.
//! Knows nothing of sockets.

use std::fmt::Write;

/// Cuts a stream of bytes at the ends of its characters.
#[derive(Default)]
pub(crate) struct Characters {
    unfinished: Vec<u8>,
}

impl Characters {
    /// Takes the next bytes and returns all that is complete; the beginning of a character is kept until the rest comes.
    /// Bytes that can't be UTF-8 are complete too: nothing is lost and nothing is changed.
    pub(crate) fn complete(&mut self, block: &[u8]) -> Vec<u8> {
        self.unfinished.extend_from_slice(block);
        let end = self.unfinished.len() - unfinished_at_end(&self.unfinished);
        let rest = self.unfinished.split_off(end);
        std::mem::replace(&mut self.unfinished, rest)
    }

    /// What is still kept when the stream has ended.
    pub(crate) fn rest(self) -> Vec<u8> {
        self.unfinished
    }
}

/// How many bytes at the end are the beginning of a character whose rest is missing: 0 to 3.
pub(crate) fn unfinished_at_end(bytes: &[u8]) -> usize {
    let last = bytes
        .utf8_chunks()
        .last()
        .map_or(&[][..], |chunk| chunk.invalid());
    match std::str::from_utf8(last) {
        // No error length: the bytes are fine so far, but there are too few of them.
        Err(error) if error.error_len().is_none() => last.len(),
        _ => 0,
    }
}

/// Whether a message is this word alone. A line end behind it is forgiven.
pub(crate) fn is_word(message: &[u8], word: &str) -> bool {
    let message = message.strip_suffix(b"\n").unwrap_or(message);
    message.strip_suffix(b"\r").unwrap_or(message) == word.as_bytes()
}

/// The text of these bytes, with U+FFFD for what is not UTF-8.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The text in upper case; bytes that are not UTF-8 stay as they are.
pub(crate) fn upper(bytes: &[u8]) -> Vec<u8> {
    let mut upper = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        upper.extend_from_slice(chunk.valid().to_uppercase().as_bytes());
        upper.extend_from_slice(chunk.invalid());
    }
    upper
}

/// Bytes as Python prints them: `b'Hello'`.
pub(crate) fn python_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut shown = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            b'\\' => shown.push_str("\\\\"),
            b'\'' if quote == '\'' => shown.push_str("\\'"),
            b' '..=b'~' => shown.push(char::from(byte)),
            // Writing to a String can't fail.
            _ => _ = write!(shown, "\\x{byte:02x}"),
        }
    }
    shown.push(quote);
    shown
}

#[cfg(test)]
mod tests {
    use super::{Characters, python_bytes, text, upper};

    #[test]
    fn a_character_is_whole_however_it_is_cut() {
        for character in ["é", "你", "😀"] {
            let bytes = character.as_bytes();
            for cut in 1..bytes.len() {
                let mut characters = Characters::default();
                assert_eq!(characters.complete(&bytes[..cut]), b"");
                assert_eq!(characters.complete(&bytes[cut..]), bytes);
                assert_eq!(characters.rest(), b"");
            }
        }
    }

    #[test]
    fn what_can_not_be_text_is_not_waited_for() {
        let mut characters = Characters::default();
        assert_eq!(characters.complete(b"a\xff"), b"a\xff");
        assert_eq!(characters.complete(b"\xe4\xbd"), b"");
        assert_eq!(characters.complete(b"a\xe4"), b"\xe4\xbda");
        assert_eq!(text(b"\xe4\xbda"), "\u{fffd}a");
        assert_eq!(characters.rest(), b"\xe4");
    }

    #[test]
    fn upper_case_leaves_strange_bytes_alone() {
        assert_eq!(
            upper("straße 你好 ÿ".as_bytes()),
            "STRASSE 你好 Ÿ".as_bytes()
        );
        assert_eq!(upper(b"a\xffb\xe4\xbd"), b"A\xffB\xe4\xbd");
    }

    #[test]
    fn bytes_are_shown_as_python_shows_them() {
        assert_eq!(python_bytes(b"Hello, world"), "b'Hello, world'");
        assert_eq!(
            python_bytes("你\n\\\0".as_bytes()),
            r"b'\xe4\xbd\xa0\n\\\x00'"
        );
        assert_eq!(python_bytes(b"it's"), r#"b"it's""#);
        assert_eq!(python_bytes(b"'\""), r#"b'\'"'"#);
    }
}
