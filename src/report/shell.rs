//! A command line that can be copied into a shell.

use crate::verdict::Word;

/// `words` as a POSIX shell reads them; what can't be seen, or is no text, is written as `$'\x..'`.
pub(super) fn command(words: &[Word]) -> String {
    let quoted: Vec<String> = words.iter().map(quoted).collect();
    quoted.join(" ")
}

fn quoted(word: &Word) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if let Ok(text) = std::str::from_utf8(&word.0)
        && !text.chars().any(super::visible::is_invisible)
    {
        return match !text.is_empty() && text.chars().all(bare) {
            true => text.to_owned(),
            false => format!("'{}'", text.replace('\'', r"'\''")),
        };
    }
    let mut out = String::from("$'");
    for chunk in word.0.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => out.extend(['\\', c]),
                c if super::visible::is_invisible(c) => {
                    escape(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut out);
                }
                c => out.push(c),
            }
        }
        escape(chunk.invalid(), &mut out);
    }
    out.push('\'');
    out
}

fn escape(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        out.push_str(&format!("\\x{byte:02x}"));
    }
}

#[cfg(test)]
mod tests {
    use super::command;
    use crate::verdict::Word;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        let cases = [
            ("run", "run"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$(rm)", "'$(rm)'"),
            ("张三", "'张三'"),
            ("a\nb'", r"$'a\x0ab\''"),
            ("a\u{202e}b", r"$'a\xe2\x80\xaeb'"),
        ];
        for (word, expected) in cases {
            assert_eq!(command(&[word.into()]), expected);
        }
        assert_eq!(command(&["a".into(), "b c".into()]), "a 'b c'");
        let bytes = Word(b"a\xffb'c".to_vec());
        assert_eq!(command(&[bytes]), r"$'a\xffb\'c'");
    }
}
