//! Bytes as text that can be looked at: in lines, what can't be seen marked.
//!
//! What stands for something else carries the bytes that it stands for, so that the page's script can show the same bytes in another
//! encoding, or as digits. Must not need the script: everything can be read without it.

use std::fmt::Write as _;
use std::ops::Range;

use crate::report::visible::{glyphs, is_invisible};

use super::markup::escaped;

/// Bytes as they are shown.
pub(super) struct Shown {
    /// At least one.
    pub(super) lines: Vec<Line>,
    /// Bytes that are not shown.
    pub(super) rest: usize,
}

/// One line of bytes as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    stretches: Vec<Stretch>,
    /// In columns.
    width: usize,
}

/// A part of a line that looks the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stretch {
    look: Look,
    text: String,
    /// The bytes, where the text is not what they say.
    stands_for: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    /// It stands for something that can't be seen.
    is_stand_in: bool,
    /// It is a full-width form of an ASCII character, and not sought.
    is_wide: bool,
    /// It is what a reader looks for.
    is_sought: bool,
}

/// `bytes` in lines of `room` columns and at most `most` of them; each line end ends one. `sought` is a place in them.
pub(super) fn shown(bytes: &[u8], sought: Option<Range<usize>>, room: usize, most: usize) -> Shown {
    let mut lines = Vec::new();
    let mut line = Line::default();
    let mut offset = 0;
    let mut ended = false;
    for glyph in glyphs(bytes, most.saturating_add(1).saturating_mul(room)) {
        if ended || line.width + glyph.width > room {
            if lines.len() + 1 == most {
                break;
            }
            lines.push(std::mem::take(&mut line));
        }
        let own = &bytes[offset..offset + glyph.bytes];
        let is_sought = sought.as_ref().is_some_and(|it| it.contains(&offset));
        let look = Look {
            is_stand_in: glyph.character.is_none_or(is_invisible),
            is_wide: !is_sought && matches!(glyph.character, Some('\u{ff01}'..='\u{ff5e}')),
            is_sought,
        };
        line.push(look, &glyph.shown, own);
        line.width += glyph.width;
        offset += glyph.bytes;
        ended = glyph.character == Some('\n');
    }
    lines.push(line);
    Shown {
        lines,
        rest: bytes.len() - offset,
    }
}

/// All of `bytes` as code of this class; the page breaks its lines.
pub(super) fn code_of(bytes: &[u8], class: &str) -> String {
    let shown = shown(bytes, None, usize::MAX, usize::MAX);
    let lines: Vec<String> = shown.lines.iter().map(|line| line.markup("i")).collect();
    format!("<code class=\"{class}\">{}</code>", lines.join("\n"))
}

impl Line {
    fn push(&mut self, look: Look, text: &str, bytes: &[u8]) {
        if self.stretches.last().is_none_or(|last| last.look != look) {
            self.stretches.push(Stretch {
                look,
                ..Stretch::default()
            });
        }
        if let Some(last) = self.stretches.last_mut() {
            last.text.push_str(text);
            if look.is_stand_in {
                last.stands_for.extend_from_slice(bytes);
            }
        }
    }

    /// It as HTML, or as the content of a text of SVG: stretches in elements of this name.
    pub(super) fn markup(&self, element: &str) -> String {
        let mut out = String::new();
        for stretch in &self.stretches {
            let text = escaped(&stretch.text);
            if stretch.look == Look::default() {
                out += &text;
                continue;
            }
            let _ = write!(out, "<{element}");
            match (stretch.look.is_sought, stretch.look.is_wide) {
                (true, _) => out += " class=\"sought\"",
                (false, true) => out += " class=\"wide\"",
                (false, false) => {}
            }
            if stretch.look.is_stand_in {
                out += " data-hex=\"";
                for byte in &stretch.stands_for {
                    let _ = write!(out, "{byte:02x}");
                }
                out.push('"');
            }
            let _ = write!(out, ">{text}</{element}>");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, shown};

    /// The lines and what is left.
    fn told(shown: &Shown) -> String {
        let text = |line: &super::Line| -> String {
            let texts = line.stretches.iter().map(|own| own.text.as_str());
            texts.collect()
        };
        let lines: Vec<String> = shown.lines.iter().map(text).collect();
        format!("{} +{}", lines.join("|"), shown.rest)
    }

    #[test]
    fn a_line_ends_at_its_end_or_where_there_is_no_room() {
        assert_eq!(told(&shown(b"hi\nyou\n", None, 10, 4)), "hi⏎|you⏎ +0");
        assert_eq!(told(&shown(b"mango", None, 2, 4)), "ma|ng|o +0");
        assert_eq!(told(&shown("你好吗".as_bytes(), None, 5, 4)), "你好|吗 +0");
        assert_eq!(told(&shown(b"", None, 10, 2)), " +0");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(told(&shown(b"mango", None, 2, 2)), "ma|ng +1");
        let huge = vec![0xff; 8 << 20];
        assert_eq!(shown(&huge, None, 10, 2).rest, huge.len() - 4);
    }

    #[test]
    fn what_stands_for_bytes_has_them() {
        let one = |bytes: &[u8], sought| shown(bytes, sought, 40, 2).lines[0].markup("i");
        assert_eq!(
            one("a：mango\t<".as_bytes(), Some(4..9)),
            "a<i class=\"wide\">：</i><i class=\"sought\">mango</i><i data-hex=\"09\">⇥</i>&lt;"
        );
        assert_eq!(
            one(b"\xc4\xe3\0ok\n", Some(3..6)),
            "<i data-hex=\"c4e300\">\\xC4\\xE3␀</i><i class=\"sought\">ok</i><i class=\"sought\" data-hex=\"0a\">⏎</i>"
        );
    }
}
