//! A text that somebody wrote, and the places in it.

use std::rc::Rc;

use crate::diagnostic::{Place, Span};

/// A text and where it came from.
#[derive(Debug)]
pub(super) struct Source {
    /// The file as the user named it.
    pub(super) name: String,
    /// Its text, without a byte order mark.
    pub(super) text: String,
    /// The first byte of each line, and one past its last (without the line break).
    lines: Vec<Span>,
}

impl Source {
    pub(super) fn new(name: &str, text: String) -> Rc<Source> {
        let lines = lines_of(&text);
        Rc::new(Source {
            name: name.to_owned(),
            text,
            lines,
        })
    }

    /// The longest line, in bytes, and where it stands.
    pub(super) fn longest_line(&self) -> Span {
        self.lines
            .iter()
            .copied()
            .max_by_key(|line| line.end - line.start)
            .unwrap_or_default()
    }

    /// Where `span` stands; what reaches beyond the end of a line is left out. Offsets that lie beyond the text or
    /// within a character are moved back to the nearest that don't.
    pub(super) fn place(&self, span: Span) -> Place {
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        let index = self
            .lines
            .partition_point(|line| line.start <= start)
            .saturating_sub(1);
        let line = self.lines.get(index).copied().unwrap_or_default();
        let start = start.clamp(line.start, line.end);
        let end = end.clamp(start, line.end);
        let characters = |from: usize, to: usize| self.text[from..to].chars().count();
        Place {
            file: self.name.clone(),
            line: index + 1,
            column: characters(line.start, start) + 1,
            width: characters(start, end).max(1),
            excerpt: self.text[line.start..line.end].to_owned(),
        }
    }

    fn floor(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset)
    }
}

/// The place of a file as a whole.
pub(super) fn whole_file(name: &str) -> Place {
    Place {
        file: name.to_owned(),
        line: 0,
        column: 0,
        width: 0,
        excerpt: String::new(),
    }
}

/// YAML 1.2 §5.4: a line ends at `\n`, `\r\n` or a lone `\r`.
fn lines_of(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let length = match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            b'\r' | b'\n' => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        lines.push(Span { start, end: at });
        at += length;
        start = at;
    }
    lines.push(Span {
        start,
        end: bytes.len(),
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::Source;
    use crate::diagnostic::Span;

    #[test]
    fn places_are_lines_and_characters() {
        let source = Source::new("f", "一二: 三\r\nb: c\rd\n".to_owned());
        let shown = |start, end| {
            let place = source.place(Span { start, end });
            (place.line, place.column, place.width, place.excerpt)
        };
        assert_eq!(shown(0, 6), (1, 1, 2, "一二: 三".to_owned()));
        assert_eq!(shown(8, 11), (1, 5, 1, "一二: 三".to_owned()));
        // From the last character of a line into the next: only what stands in the first.
        assert_eq!(shown(8, 15), (1, 5, 1, "一二: 三".to_owned()));
        assert_eq!(shown(13, 14), (2, 1, 1, "b: c".to_owned()));
        assert_eq!(shown(18, 19), (3, 1, 1, "d".to_owned()));
        // At and beyond the end, and within a character.
        assert_eq!(shown(20, 20), (4, 1, 1, String::new()));
        assert_eq!(shown(900, 901), (4, 1, 1, String::new()));
        assert_eq!(shown(1, 2), (1, 1, 1, "一二: 三".to_owned()));
    }

    #[test]
    fn an_empty_text_has_one_line() {
        let source = Source::new("f", String::new());
        assert_eq!(source.place(Span { start: 0, end: 0 }).line, 1);
    }
}
