//! What was expected and what came, character by character.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::diagnostic::Language;
use crate::report::about::About;
use crate::report::comparison::comparison;
use crate::report::visible::{Glyph, find, glyphs, is_invisible};
use crate::report::words;
use crate::report::words::Label;
use crate::transcript::{Difference, Miss};
use crate::verdict::Actual;

use super::markup::{both, escaped, paragraph};
use super::payload::code_of;

/// So many characters are shown before what matters, and in all.
const BEFORE: usize = 120;
const MOST: usize = 600;

/// Two texts of which less than this is alike are not compared character by character.
const ALIKE: f64 = 0.4;

/// A text and which stretches of it differ, in bytes.
struct Side<'a> {
    bytes: &'a [u8],
    differs: Vec<Range<usize>>,
}

/// The comparison as HTML, where bytes came.
pub(super) fn compared(about: &About<'_>) -> Option<String> {
    let Actual::Bytes {
        data, difference, ..
    } = &about.failure.actual
    else {
        return None;
    };
    let came = data.0.as_slice();
    if came.is_empty() {
        return None;
    }
    let (expected, actual) = sides(about, came, difference.as_ref());
    let mut rows = String::new();
    let mut row = |label: Label, class: &str, content: &str| {
        let label = both(|language| words::of(language).label(label).to_owned());
        rows += &format!("<tr class=\"{class}\"><th>{label}</th><td>{content}</td></tr>");
    };
    match &expected {
        Some(side) => row(Label::Expected, "wanted", &side.markup()),
        None if !about.wants_absence() && about.repeated().is_none() => row(
            Label::Expected,
            "wanted",
            &both(|language| words::of(language).target(&about.failure.expected)),
        ),
        None => {}
    }
    // Bytes of another encoding can be read once the page shows them in it.
    let encoded = about.failure.miss == Miss::WrongEncoding || std::str::from_utf8(came).is_err();
    let content = match encoded && actual.differs.is_empty() {
        true => {
            let (start, rest) = came.split_at(came.len().min(MOST));
            code_of(start, "bytes as") + &more(rest.len())
        }
        false => actual.markup(),
    };
    row(Label::Actual, "came", &content);
    let contrast = comparison(about, words::of(Language::English), 160)
        .and_then(|comparison| comparison.contrast);
    let said = contrast.map_or_else(String::new, |contrast| {
        paragraph("contrast", |language| {
            words::of(language).contrast(contrast)
        })
    });
    Some(format!("<table class=\"compared\">{rows}</table>{said}"))
}

/// What was expected, where that is a text to be compared, and what came.
fn sides<'a>(
    about: &About<'a>,
    came: &'a [u8],
    difference: Option<&Difference>,
) -> (Option<Side<'a>>, Side<'a>) {
    let side = |bytes, differs| Side { bytes, differs };
    let plain = |bytes| side(bytes, Vec::new());
    if let Some(repeated) = about.repeated() {
        return (None, side(came, every(came, repeated.as_bytes())));
    }
    let Some(text) = about.text() else {
        return (None, plain(came));
    };
    if about.failure.miss == Miss::WrongEncoding {
        return (Some(plain(text)), plain(came));
    }
    if about.wants_absence() {
        return (None, side(came, every(came, text)));
    }
    let Some(difference) = difference else {
        return (Some(plain(text)), plain(came));
    };
    let start = difference.start.min(came.len());
    if difference.agrees >= text.len() {
        // All of it came, and more.
        let end = start.saturating_add(text.len()).min(came.len());
        let more = vec![0..start, end..came.len()];
        return (Some(plain(text)), side(came, more));
    }
    let agrees = difference.agrees.min(came.len() - start);
    let end = difference.end.clamp(start + agrees, came.len());
    let (only_expected, only_came) = differing(text, &came[start..end]);
    let only_came = only_came.into_iter();
    let moved = only_came.map(|range| range.start + start..range.end + start);
    (Some(side(text, only_expected)), side(came, moved.collect()))
}

/// How much more there is, if there is.
fn more(rest: usize) -> String {
    match rest {
        0 => String::new(),
        rest => format!(
            "<span class=\"more\">{}</span>",
            both(|language| words::of(language).more_bytes(rest))
        ),
    }
}

/// Every place of `text` in `bytes`.
fn every(bytes: &[u8], text: &[u8]) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], text) {
        all.push(from + at..from + at + text.len());
        from += at + text.len();
        if all.len() > 100 {
            break;
        }
    }
    all
}

/// Which stretches of `old` and of `new` the other does not have.
fn differing(old: &[u8], new: &[u8]) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (olds, news) = (pieces(old), pieces(new));
    let content = |bytes: &[u8], pieces: &[Range<usize>]| -> Vec<Vec<u8>> {
        pieces.iter().map(|it| bytes[it.clone()].to_vec()).collect()
    };
    let (a, b) = (content(old, &olds), content(new, &news));
    let operations = capture_diff_slices(Algorithm::Myers, &a, &b);
    let alike: usize = operations
        .iter()
        .map(|operation| match operation {
            DiffOp::Equal { len, .. } => *len,
            _ => 0,
        })
        .sum();
    let span = |bytes: &[u8], pieces: &[Range<usize>], range: Range<usize>| {
        let start = pieces.get(range.start).map_or(bytes.len(), |it| it.start);
        let end = pieces.get(range.end).map_or(bytes.len(), |it| it.start);
        start..end
    };
    if (alike as f64) < ALIKE * olds.len().max(1) as f64 {
        // From the first difference on, all of it.
        let same = a
            .iter()
            .zip(&b)
            .take_while(|(one, other)| one == other)
            .count();
        return (
            vec![span(old, &olds, same..olds.len())],
            vec![span(new, &news, same..news.len())],
        );
    }
    let (mut only_old, mut only_new) = (Vec::new(), Vec::new());
    for operation in operations {
        if !matches!(operation, DiffOp::Equal { .. }) {
            only_old.push(span(old, &olds, operation.old_range()));
            only_new.push(span(new, &news, operation.new_range()));
        }
    }
    (only_old, only_new)
}

/// The characters of `bytes`, at most as many as are shown.
fn pieces(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut at = 0;
    glyphs(bytes, 2 * MOST)
        .map(|glyph| {
            at += glyph.bytes;
            at - glyph.bytes..at
        })
        .collect()
}

impl Side<'_> {
    fn markup(&self) -> String {
        let focus = self
            .differs
            .iter()
            .find(|range| !range.is_empty())
            .map_or(0, |range| range.start);
        let mut from = focus.saturating_sub(BEFORE);
        while from > 0 && self.bytes.get(from).is_some_and(|byte| byte & 0xc0 == 0x80) {
            from -= 1;
        }
        let mut out = String::from("<code class=\"bytes\">");
        if from > 0 {
            out += "<span class=\"more\">…</span>";
        }
        let mut offset = from;
        let mut was_same = true;
        for glyph in glyphs(&self.bytes[from..], MOST) {
            let differs = self.differs.iter().any(|range| range.contains(&offset));
            let own = &self.bytes[offset..offset + glyph.bytes];
            out += &piece(&glyph, own, differs, differs && was_same);
            offset += glyph.bytes;
            was_same = !differs;
        }
        out += &more(self.bytes.len() - offset);
        if offset == self.bytes.len()
            && self
                .differs
                .iter()
                .any(|range| range.start >= self.bytes.len())
        {
            // Something is missing at the very end.
            out += "<span class=\"gone\"></span>";
        }
        out += "</code>";
        out
    }
}

/// A character; which one exactly is shown when it is pointed at. `first`: of several that differ, so that keys can get there.
fn piece(glyph: &Glyph, bytes: &[u8], differs: bool, first: bool) -> String {
    let text = match glyph.character {
        Some(' ') => "·".to_owned(),
        Some('\n') => "⏎\n".to_owned(),
        _ => escaped(&glyph.shown),
    };
    let mut classes = Vec::new();
    match glyph.character {
        Some(' ') => classes.push("blank"),
        Some(c) if is_invisible(c) => classes.push("unseen"),
        Some('\u{ff01}'..='\u{ff5e}') => classes.push("wide"),
        Some(_) => {}
        None => classes.push("unseen"),
    }
    if differs {
        classes.push("differs");
    }
    let is_plain = glyph.character.is_some_and(|c| c.is_ascii_graphic());
    if !differs && is_plain {
        return text;
    }
    let class = match classes.join(" ") {
        none if none.is_empty() => none,
        classes => format!(" class=\"{classes}\""),
    };
    let focus = if first { " tabindex=\"0\"" } else { "" };
    let code = code(glyph.character, bytes);
    format!("<span{class}{focus} data-code=\"{code}\">{text}</span>")
}

/// `U+FF1A · EF BC 9A`, and the ASCII character that it is the full-width form of.
fn code(character: Option<char>, bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let digits = digits.join(" ");
    match character {
        Some(c @ '\u{ff01}'..='\u{ff5e}') => {
            let narrow = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
            format!(
                "U+{:04X} · {digits} · ≠ U+{:04X} {}",
                u32::from(c),
                u32::from(narrow),
                escaped(&narrow.to_string())
            )
        }
        Some(c) => format!("U+{:04X} · {digits}", u32::from(c)),
        None => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::differing;

    fn told(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
        let (only_old, only_new) = differing(old.as_bytes(), new.as_bytes());
        let text = |text: &str, ranges: Vec<std::ops::Range<usize>>| {
            let texts = ranges.into_iter().map(|range| text[range].to_owned());
            texts.collect::<Vec<_>>()
        };
        (text(old, only_old), text(new, only_new))
    }

    #[test]
    fn each_difference_is_found() {
        let (old, new) = told("(a, 1) : mango", "（a，1) : mango!");
        assert_eq!(old, ["(", ", ", ""]);
        assert_eq!(new, ["（", "，", "!"]);
    }

    #[test]
    fn texts_that_have_little_in_common_differ_as_a_whole() {
        let (old, new) = told("mango-41", "me 127 xyz");
        assert_eq!(old, ["ango-41"]);
        assert_eq!(new, ["e 127 xyz"]);
    }

    #[test]
    fn half_a_character_differs_as_one() {
        assert_eq!(told("a你b", "a佡b"), (vec!["你".into()], vec!["佡".into()]));
    }
}
