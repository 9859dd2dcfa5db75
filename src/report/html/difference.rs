//! What was expected and what came, character by character.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::report::about::About;
use crate::report::comparison::comparison;
use crate::report::visible::{Glyph, find, glyphs, is_invisible};
use crate::report::words;
use crate::report::words::Label;
use crate::transcript::Miss;
use crate::verdict::Actual;

use super::markup::{both, escaped};
use super::payload::shown;

/// So many characters are shown before what matters, and in all.
const BEFORE: usize = 120;
const MOST: usize = 600;

/// Two texts of which less than this is alike are not compared character by character.
const ALIKE: f64 = 0.4;

/// What a character is in the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// The same in both, or not compared.
    Same,
    /// Only here.
    Differs,
}

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
    let plain = |bytes| Side {
        bytes,
        differs: Vec::new(),
    };
    let mut expected = None;
    let actual = match (about.text(), difference) {
        _ if about.repeated().is_some() => Side {
            bytes: came,
            differs: every(came, about.repeated().unwrap_or("").as_bytes()),
        },
        (Some(text), _) if about.failure.miss == Miss::WrongEncoding => {
            expected = Some(plain(text));
            plain(came)
        }
        (Some(text), _) if about.wants_absence() => Side {
            bytes: came,
            differs: every(came, text),
        },
        (Some(text), Some(difference)) if difference.agrees >= text.len() => {
            expected = Some(plain(text));
            let start = difference.start.min(came.len());
            let end = start.saturating_add(text.len()).min(came.len());
            Side {
                bytes: came,
                differs: vec![0..start, end..came.len()],
            }
        }
        (Some(text), Some(difference)) => {
            let start = difference.start.min(came.len());
            let agrees = difference.agrees.min(text.len()).min(came.len() - start);
            let end = difference.end.clamp(start + agrees, came.len());
            let (old, new) = differing(text, &came[start..end]);
            expected = Some(Side {
                bytes: text,
                differs: old,
            });
            Side {
                bytes: came,
                differs: new
                    .into_iter()
                    .map(|range| range.start + start..range.end + start)
                    .collect(),
            }
        }
        (Some(text), None) => {
            expected = Some(plain(text));
            plain(came)
        }
        (None, _) => plain(came),
    };
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
    let came = if encoded && actual.differs.is_empty() {
        forms(came)
    } else {
        actual.markup()
    };
    row(Label::Actual, "came", &came);
    let contrast = comparison(about, words::of(crate::diagnostic::Language::English), 160)
        .and_then(|comparison| comparison.contrast);
    let said = contrast.map_or_else(String::new, |contrast| {
        let said = both(|language| words::of(language).contrast(contrast));
        format!("<p class=\"contrast\">{said}</p>")
    });
    Some(format!("<table class=\"compared\">{rows}</table>{said}"))
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
        for glyph in glyphs(&self.bytes[from..], MOST) {
            let differs = self.differs.iter().any(|range| range.contains(&offset));
            let sort = if differs { Sort::Differs } else { Sort::Same };
            out += &piece(&glyph, sort, &self.bytes[offset..offset + glyph.bytes]);
            offset += glyph.bytes;
        }
        if offset < self.bytes.len() {
            let rest = self.bytes.len() - offset;
            let said = both(|language| words::of(language).more_bytes(rest));
            out += &format!("<span class=\"more\">{said}</span>");
        } else if self
            .differs
            .iter()
            .any(|range| range.start >= self.bytes.len())
        {
            // Something is missing at the very end.
            out += "<span class=\"gone\" tabindex=\"0\"></span>";
        }
        out += "</code>";
        out
    }
}

/// A character; which one exactly is shown when it is pointed at.
fn piece(glyph: &Glyph, sort: Sort, bytes: &[u8]) -> String {
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
    if sort == Sort::Differs {
        classes.push("differs");
    }
    let is_plain = glyph.character.is_some_and(|c| c.is_ascii_graphic());
    if sort == Sort::Same && is_plain {
        return text;
    }
    let code = code(glyph.character, bytes);
    format!(
        "<span class=\"{}\" tabindex=\"0\" data-code=\"{code}\">{text}</span>",
        classes.join(" ")
    )
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

/// Bytes in the form that the page is switched to.
fn forms(bytes: &[u8]) -> String {
    shown(bytes, None, 80, 8)
        .iter()
        .map(|shown| {
            let lines: Vec<String> = shown.lines.iter().map(|line| line.markup("span")).collect();
            format!(
                "<code class=\"bytes {}\">{}</code>",
                shown.classes(),
                lines.join("\n")
            )
        })
        .collect()
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
