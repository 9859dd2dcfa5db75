//! Lines for a terminal: tones, wrapping, columns.
//!
//! The only place that writes escape sequences, and the last gate for text: whatever is put on a page, only harmless
//! characters leave it.

use unicode_width::UnicodeWidthChar;

use super::Style;
use super::visible;

/// What a stretch of text is; becomes a colour where colours are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Good,
    Bad,
    Warn,
    Faint,
}

impl Tone {
    /// Select Graphic Rendition parameters (ECMA-48 §8.3.117).
    fn sgr(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Strong => "1",
            Tone::Good => "32",
            Tone::Bad => "1;31",
            Tone::Warn => "33",
            Tone::Faint => "2",
        }
    }
}

/// Columns that `text` takes in a terminal, once it is on a page.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(1)).sum()
}

/// So many blanks.
pub(super) fn blanks(count: usize) -> String {
    " ".repeat(count)
}

/// `text` filled up with blanks to `columns`.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let fill = columns.saturating_sub(width(text));
    format!("{text}{}", blanks(fill))
}

/// A text in the making.
pub(super) struct Page {
    color: bool,
    columns: usize,
    out: String,
}

impl Page {
    pub(super) fn new(style: &Style) -> Page {
        Page {
            color: style.color,
            columns: style.columns(),
            out: String::new(),
        }
    }

    /// How wide the page is.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// One line of stretches in their tones; blanks at its end are dropped.
    pub(super) fn line(&mut self, stretches: &[(Tone, &str)]) {
        let used = stretches
            .iter()
            .rposition(|(_, text)| !text.trim_end_matches(' ').is_empty())
            .map_or(0, |last| last + 1);
        let start = self.out.len();
        for (index, (tone, text)) in stretches[..used].iter().enumerate() {
            let text = if index + 1 == used {
                text.trim_end_matches(' ')
            } else {
                text
            };
            self.stretch(*tone, text);
        }
        if let Some(harmless) = disarmed(&self.out[start..]) {
            self.out.truncate(start);
            self.out.push_str(&harmless);
        }
        self.out.push('\n');
    }

    /// An empty line, unless there is one already or nothing stands before it.
    pub(super) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// `text` behind `label`, which takes `indent` columns; as many lines as it needs, at most `lines`. Line ends in it
    /// end lines.
    pub(super) fn wrapped(
        &mut self,
        label: &str,
        indent: usize,
        tone: Tone,
        text: &str,
        lines: usize,
    ) {
        let room = self.columns.saturating_sub(indent).max(20);
        let parts = text.trim_end().split('\n');
        let all = parts.flat_map(|part| wrap(part.trim_end(), room, lines));
        for (index, line) in all.take(lines).enumerate() {
            let margin = padded(if index == 0 { label } else { "" }, indent);
            self.line(&[(Tone::Faint, &margin), (tone, &line)]);
        }
    }

    /// Short `items` side by side, in as many lines as they need.
    pub(super) fn items(&mut self, indent: usize, tone: Tone, items: &[String]) {
        let room = self.columns.saturating_sub(indent).max(20);
        let mut line = String::new();
        for item in items {
            if !line.is_empty() && width(&line) + 3 + width(item) > room {
                self.line(&[(Tone::Plain, &blanks(indent)), (tone, &line)]);
                line.clear();
            }
            if !line.is_empty() {
                line.push_str("   ");
            }
            line.push_str(item);
        }
        if !line.is_empty() {
            self.line(&[(Tone::Plain, &blanks(indent)), (tone, &line)]);
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn stretch(&mut self, tone: Tone, text: &str) {
        let coloured = self.color && tone != Tone::Plain && !text.trim().is_empty();
        if coloured {
            self.out.push_str("\x1b[");
            self.out.push_str(tone.sgr());
            self.out.push('m');
        }
        for c in text.chars() {
            match visible::stand_in(c) {
                Some(text) => self.out.push_str(&text),
                None => self.out.push(c),
            }
        }
        if coloured {
            self.out.push_str("\x1b[0m");
        }
    }
}

/// A line that a CI system would obey, so that it does not. They read commands from the output of a step, which holds what programs print: GitHub's
/// runner takes `::COMMAND …::` behind blanks and `##[…]` anywhere, Azure and TeamCity `##vso[…]` and `##teamcity[…]`.
fn disarmed(line: &str) -> Option<String> {
    let text = line.trim_start();
    let margin = line.len() - text.len();
    let begins = text
        .strip_prefix("::")
        .is_some_and(|rest| rest.contains("::"));
    let brackets: Vec<usize> = line
        .match_indices('[')
        .map(|(at, _)| at)
        .filter(|at| {
            let word = line[..*at].trim_end_matches(|c: char| c.is_ascii_alphanumeric());
            word.ends_with("##")
        })
        .collect();
    if !begins && brackets.is_empty() {
        return None;
    }
    let mut harmless = String::new();
    for (at, c) in line.char_indices() {
        match c {
            ':' if begins && at == margin => harmless.push_str("<U+003A>"),
            '[' if brackets.contains(&at) => harmless.push_str("<U+005B>"),
            c => harmless.push(c),
        }
    }
    Some(harmless)
}

/// Cuts `text` into at most `lines` lines of at most `columns` columns, at blanks and between Chinese characters.
pub(super) fn wrap(text: &str, columns: usize, lines: usize) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    // Where in `line` it may be cut, if it may.
    let mut cut = None;
    let mut last = ' ';
    for c in text.chars() {
        let wide = c.width().unwrap_or(1);
        if used + wide > columns && c != ' ' {
            if done.len() + 1 == lines {
                line.push('…');
                done.push(line);
                return done;
            }
            let at = if may_part(last, c) {
                line.len()
            } else {
                cut.filter(|at| *at > 0).unwrap_or(line.len())
            };
            let rest = line.split_off(at);
            done.push(line.trim_end().to_owned());
            line = rest.trim_start().to_owned();
            used = width(&line);
            cut = None;
        } else if may_part(last, c) {
            cut = Some(line.len());
        }
        if !(c == ' ' && line.is_empty() && !done.is_empty()) {
            line.push(c);
            used += wide;
        }
        last = c;
    }
    let line = line.trim_end();
    if !line.is_empty() || done.is_empty() {
        done.push(line.to_owned());
    }
    done
}

/// Whether a line may end between `before` and `after`.
fn may_part(before: char, after: char) -> bool {
    const NOT_FIRST: &str = "，。：；！？、）”’】》…,.:;!?)]}\"'";
    const NOT_LAST: &str = "（“‘【《([{\"'";
    if before == ' ' {
        return after != ' ';
    }
    let wide = |c: char| c.width() == Some(2);
    (wide(before) || wide(after)) && !NOT_FIRST.contains(after) && !NOT_LAST.contains(before)
}

#[cfg(test)]
mod tests {
    use super::{Page, Tone, wrap};
    use crate::diagnostic::Language;
    use crate::report::Style;

    fn page(color: bool) -> Page {
        Page::new(&Style {
            color,
            width: 80,
            language: Language::English,
        })
    }

    #[test]
    fn lines_part_at_blanks_and_between_chinese_characters() {
        let cases: [(&str, usize, &[&str]); 6] = [
            ("one two three", 8, &["one two", "three"]),
            ("一二三四五", 6, &["一二三", "四五"]),
            ("一二三，四", 6, &["一二", "三，四"]),
            ("abcdefghij", 4, &["abcd", "efgh", "ij"]),
            ("", 10, &[""]),
            ("ab cd", 5, &["ab cd"]),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(wrap(text, columns, 9), expected, "{text}");
        }
    }

    #[test]
    fn too_many_lines_end_in_an_ellipsis() {
        assert_eq!(wrap("one two three four", 5, 2), ["one", "two t…"]);
    }

    #[test]
    fn nothing_but_our_own_colours_gets_through() {
        let mut page = page(true);
        page.line(&[
            (Tone::Bad, "a\x1b[2Jb\u{202e}c\rd\u{9b}e\n"),
            (Tone::Plain, "  "),
        ]);
        assert_eq!(
            page.finish(),
            "\x1b[1;31ma␛[2Jb<U+202E>c␍d<U+009B>e⏎\x1b[0m\n"
        );
    }

    #[test]
    fn no_line_is_a_command_of_a_ci_system() {
        for (text, expected) in [
            ("::error title=a::b", "<U+003A>:error title=a::b"),
            (
                "  ::set-output name=a::b",
                "  <U+003A>:set-output name=a::b",
            ),
            ("x ##[error]y", "x ##<U+005B>error]y"),
            ("##vso[task.complete]", "##vso<U+005B>task.complete]"),
            ("##teamcity[x] ##[y]", "##teamcity<U+005B>x] ##<U+005B>y]"),
            ("::1 is connected", "::1 is connected"),
            ("a ::b::", "a ::b::"),
            ("# [x]", "# [x]"),
        ] {
            let mut plain = page(false);
            plain.line(&[(Tone::Plain, text)]);
            assert_eq!(plain.finish(), format!("{expected}\n"));
        }
    }

    #[test]
    fn without_colours_the_text_is_the_same() {
        let mut plain = page(false);
        plain.line(&[(Tone::Good, "passed"), (Tone::Plain, " 2")]);
        assert_eq!(plain.finish(), "passed 2\n");
    }
}
