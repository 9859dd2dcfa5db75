//! Bytes in all the ways in which a page can show them: decoded, and as hexadecimal digits.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::GB18030;

use crate::report::visible::{glyphs, is_invisible};

use super::markup::escaped;

/// How bytes are shown. The page switches between them by these letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Utf8,
    Gbk,
    Latin1,
    Hex,
}

/// What a stretch of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    Plain,
    /// Stands for something that can't be seen.
    StandIn,
    /// A full-width form of an ASCII character.
    Wide,
    /// What a reader looks for.
    Sought,
}

/// One line of bytes as they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    stretches: Vec<(Stretch, String)>,
    /// In columns.
    pub(super) width: usize,
}

/// Lines in one or several forms that look the same.
pub(super) struct Shown {
    forms: Vec<Form>,
    pub(super) lines: Vec<Line>,
    /// Bytes that are not shown.
    pub(super) rest: usize,
}

impl Form {
    const DECODED: [Form; 3] = [Form::Utf8, Form::Gbk, Form::Latin1];

    fn letter(self) -> char {
        match self {
            Form::Utf8 => 'u',
            Form::Gbk => 'g',
            Form::Latin1 => 'l',
            Form::Hex => 'x',
        }
    }
}

impl Shown {
    /// The classes by which the page knows when to show it.
    pub(super) fn classes(&self) -> String {
        let letters = self.forms.iter().map(|form| format!(" {}", form.letter()));
        format!("as{}", letters.collect::<String>())
    }
}

/// `bytes` in every form, each in lines of `room` columns and at most `most` of them; `sought` is a place in them.
pub(super) fn shown(
    bytes: &[u8],
    sought: Option<Range<usize>>,
    room: usize,
    most: usize,
) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let mut most = most;
    // More than fills the room needs not be decoded.
    let enough = (room * most * 4 + 64).min(bytes.len());
    let cut = bytes.len() - enough;
    for form in Form::DECODED {
        let sought = sought.clone().filter(|_| form == Form::Utf8);
        let decoded = decoded(&bytes[..enough], form);
        let (lines, rest) = lines(&decoded, sought, room, most, form != Form::Utf8);
        // How many bytes a character of another encoding took is not worth knowing to the last one.
        let rest = match form {
            Form::Utf8 => rest + cut,
            _ if rest > 0 || cut > 0 => (rest + cut).min(bytes.len()),
            _ => 0,
        };
        // The usual form says how many lines there are; the others keep to that.
        if form == Form::Utf8 {
            most = lines.len();
        }
        match all.iter_mut().find(|known| same(&known.lines, &lines)) {
            Some(known) => known.forms.push(form),
            None => all.push(Shown {
                forms: vec![form],
                lines,
                rest,
            }),
        }
    }
    all.push(hexadecimal(bytes, room, most));
    all
}

fn same(one: &[Line], other: &[Line]) -> bool {
    let text = |lines: &[Line]| -> Vec<String> { lines.iter().map(Line::text).collect() };
    text(one) == text(other)
}

fn decoded(bytes: &[u8], form: Form) -> Cow<'_, [u8]> {
    match form {
        Form::Utf8 | Form::Hex => bytes.into(),
        _ if bytes.is_ascii() => bytes.into(),
        Form::Gbk => {
            let (text, _) = GB18030.decode_without_bom_handling(bytes);
            text.into_owned().into_bytes().into()
        }
        Form::Latin1 => {
            let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            text.into_bytes().into()
        }
    }
}

/// Each line end ends a line; so does the end of the room.
fn lines(
    bytes: &[u8],
    sought: Option<Range<usize>>,
    room: usize,
    most: usize,
    replaced: bool,
) -> (Vec<Line>, usize) {
    let mut lines = vec![Line::default()];
    let mut offset = 0;
    let mut ended = false;
    for glyph in glyphs(bytes, (most + 1) * room) {
        let full = lines
            .last()
            .is_some_and(|line| line.width + glyph.width > room);
        if ended || full {
            if lines.len() == most {
                break;
            }
            lines.push(Line::default());
        }
        let stretch = match glyph.character {
            _ if sought.as_ref().is_some_and(|place| place.contains(&offset)) => Stretch::Sought,
            Some('\u{fffd}') if replaced => Stretch::StandIn,
            Some(c) if is_invisible(c) => Stretch::StandIn,
            Some('\u{ff01}'..='\u{ff5e}') => Stretch::Wide,
            Some(_) => Stretch::Plain,
            None => Stretch::StandIn,
        };
        if let Some(line) = lines.last_mut() {
            line.push(stretch, &glyph.shown, glyph.width);
        }
        offset += glyph.bytes;
        ended = glyph.character == Some('\n');
    }
    (lines, bytes.len().saturating_sub(offset))
}

fn hexadecimal(bytes: &[u8], room: usize, most: usize) -> Shown {
    let each = ((room + 1) / 3).max(1);
    let shown = bytes.chunks(each).take(most);
    let mut lines: Vec<Line> = shown
        .map(|chunk| {
            let digits: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
            let mut line = Line::default();
            line.push(Stretch::Plain, &digits.join(" "), 3 * chunk.len() - 1);
            line
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::default());
    }
    Shown {
        forms: vec![Form::Hex],
        lines,
        rest: bytes.len().saturating_sub(each * most),
    }
}

impl Line {
    fn push(&mut self, stretch: Stretch, text: &str, width: usize) {
        match self.stretches.last_mut() {
            Some((last, known)) if *last == stretch => known.push_str(text),
            _ => self.stretches.push((stretch, text.to_owned())),
        }
        self.width += width;
    }

    fn text(&self) -> String {
        self.stretches
            .iter()
            .map(|(_, text)| text.as_str())
            .collect()
    }

    /// It as HTML, or as the content of a text of SVG: stretches in elements of this name.
    pub(super) fn markup(&self, element: &str) -> String {
        let stretches = self.stretches.iter().map(|(stretch, text)| {
            let text = escaped(text);
            let class = match stretch {
                Stretch::Plain => return text,
                Stretch::StandIn => "unseen",
                Stretch::Wide => "wide",
                Stretch::Sought => "sought",
            };
            format!("<{element} class=\"{class}\">{text}</{element}>")
        });
        stretches.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, shown};

    /// The forms, the lines and what is left.
    fn told(all: &[Shown]) -> Vec<String> {
        let one = |shown: &Shown| {
            let lines: Vec<String> = shown.lines.iter().map(super::Line::text).collect();
            format!("{}: {} +{}", shown.classes(), lines.join("|"), shown.rest)
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn ascii_looks_the_same_decoded_and_differs_in_digits() {
        let all = shown(b"hi\nyou\n", None, 10, 4);
        let digits = "as x: 68 69 0a|79 6f 75 +1";
        assert_eq!(told(&all), ["as u g l: hi⏎|you⏎ +0", digits]);
    }

    #[test]
    fn bytes_of_gbk_are_readable_in_gbk() {
        let all = shown(b"\xc4\xe3\xba\xc3", None, 20, 4);
        assert_eq!(
            told(&all),
            [
                "as u: \\xC4\\xE3\\xBA\\xC3 +0",
                "as g: 你好 +0",
                "as l: Äãº\u{c3} +0",
                "as x: c4 e3 ba c3 +0"
            ]
        );
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let all = shown(&[b'a'; 5000], None, 10, 2);
        assert_eq!(all[0].rest, 4980);
        assert_eq!(all[0].lines.len(), 2);
        let huge = vec![0xff; 8 << 20];
        assert_eq!(shown(&huge, None, 10, 2)[0].rest, huge.len() - 4);
    }

    #[test]
    fn nothing_is_one_empty_line() {
        assert_eq!(
            told(&shown(b"", None, 10, 2)),
            ["as u g l:  +0", "as x:  +0"]
        );
    }

    #[test]
    fn what_is_sought_and_what_is_unseen_is_marked() {
        let all = shown("a：mango\t<".as_bytes(), Some(4..9), 40, 2);
        assert_eq!(
            all[0].lines[0].markup("i"),
            "a<i class=\"wide\">：</i><i class=\"sought\">mango</i><i class=\"unseen\">⇥</i>&lt;"
        );
    }
}
