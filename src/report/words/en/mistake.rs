//! What is wrong with YAML or a regular expression, in English.

use crate::diagnostic::Mistake;

use crate::report::lint::{Said, other_words};

pub(super) fn yaml(mistake: &Mistake) -> Said {
    let (message, remedy) = match mistake {
        Mistake::Tab => (
            "a tab stands where only spaces can".to_owned(),
            "indent with spaces",
        ),
        Mistake::Indentation => (
            "the indentation of this line fits nothing above it".to_owned(),
            "indent it exactly as the lines that it belongs to",
        ),
        Mistake::Unclosed { open } => (format!("this `{open}` is never closed"), "close it"),
        Mistake::Unopened => (
            "this bracket closes nothing that is open".to_owned(),
            "remove it, or add the bracket that it should close",
        ),
        Mistake::UnclosedQuote => (
            "a quoted text is not closed, or its next line is not indented".to_owned(),
            "add the closing quote",
        ),
        Mistake::BehindQuote => (
            "something stands behind the closing quote".to_owned(),
            "put the whole text in quotes; a quote inside is `\\\"` in \"…\" and `''` in '…'",
        ),
        Mistake::Escape => (
            "this backslash begins nothing that double quotes know".to_owned(),
            "use single quotes, in which a backslash is only a backslash, or write `\\\\`",
        ),
        Mistake::Colon => (
            "a colon and a space stand within a text without quotes".to_owned(),
            "put the text in quotes, or begin a new line for a new key",
        ),
        Mistake::Character { character } if character.is_control() => (
            format!(
                "the character {} can't stand in a file",
                character.escape_unicode()
            ),
            "remove it; in double quotes it is written as an escape, such as `\\x1b`",
        ),
        Mistake::Character { character } => (
            format!("no text without quotes can begin with `{character}`"),
            "put the text in quotes",
        ),
        Mistake::Comma => (
            "a comma or the closing bracket is missing here".to_owned(),
            "within brackets, a text with `{`, `}`, `[`, `]` or `,` in it needs quotes: \"${token.a}\"",
        ),
        Mistake::Key => (
            "a key and its colon are missing here".to_owned(),
            "write `key: value`, with a space behind the colon",
        ),
        Mistake::Entry => (
            "this does not continue the list above".to_owned(),
            "begin each entry with `- `, at the indentation of the first",
        ),
        Mistake::Comment => (
            "a comment interrupts a text here, or the space before its `#` is missing".to_owned(),
            "a comment stands behind a space; a text with ` #` in it needs quotes",
        ),
        Mistake::Directive => (
            "`%` directives are not part of the language".to_owned(),
            "remove the line. A text that begins with `%` needs quotes",
        ),
        other => return (format!("this is not YAML: {}", other_words(other)), None),
    };
    (message, Some(remedy.to_owned()))
}

pub(super) fn regex(mistake: &Mistake) -> Said {
    let (message, remedy) = match mistake {
        Mistake::Unclosed { open } => (
            format!("in this regular expression a `{open}` is never closed"),
            format!("close it, or write `\\{open}` if it means itself"),
        ),
        Mistake::Unopened => (
            "this bracket of a regular expression closes nothing".to_owned(),
            "write `\\)` if it means itself".to_owned(),
        ),
        Mistake::NothingToRepeat => (
            "this regular expression has nothing to repeat here".to_owned(),
            "write a backslash in front if the character means itself".to_owned(),
        ),
        Mistake::Escape => (
            "this escape means nothing in a regular expression".to_owned(),
            "remove the backslash; a backslash that means itself is written `\\\\`".to_owned(),
        ),
        Mistake::NotRegular => (
            "look-around and back-references are not possible".to_owned(),
            "say it with two patterns or two steps".to_owned(),
        ),
        Mistake::TooBig => (
            "this regular expression would take too much memory".to_owned(),
            "use smaller numbers in `{…}`".to_owned(),
        ),
        other => {
            let words = other_words(other);
            return (
                format!("this regular expression can't be read: {words}"),
                None,
            );
        }
    };
    (message, Some(remedy))
}
