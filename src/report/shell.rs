//! A command line that can be copied into a shell.

/// `words` as a POSIX shell reads them; what can't be seen is written as `$'\x..'`.
pub(super) fn command(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    quoted.join(" ")
}

fn quoted(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    if !word.chars().any(super::visible::is_invisible) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut out = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if super::visible::is_invisible(c) => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\x{byte:02x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::command;

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
            assert_eq!(command(&[word.to_owned()]), expected);
        }
        assert_eq!(command(&["a".to_owned(), "b c".to_owned()]), "a 'b c'");
    }
}
