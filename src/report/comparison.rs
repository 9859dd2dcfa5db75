//! What was expected and what came, one below the other, with a mark under the first difference.

use crate::transcript::{Difference, Miss};
use crate::verdict::{Actual, Expected};

use super::about::About;
use super::contrast::{Contrast, contrast};
use super::page::width;
use super::visible::{Glyph, clipped, find, glyphs, tail, undecoded, window};
use super::words::{Symbol, Words};

/// Two lines and a mark below them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// What was expected; `None`: there is nothing to hold against.
    pub(super) expected: Option<String>,
    /// What came.
    pub(super) actual: String,
    /// Under which column the mark begins, and how wide it is.
    pub(super) mark: Option<(usize, usize)>,
    /// What kind of difference it is, if that deserves a sentence.
    pub(super) contrast: Option<Contrast>,
    /// The stand-ins that occur, to be explained.
    pub(super) symbols: Vec<Symbol>,
}

/// How many columns of what stands before the place of interest are shown.
const CONTEXT: usize = 20;

/// The comparison of a failure in lines of `columns` columns, if bytes came.
pub(super) fn comparison(
    about: &About<'_>,
    words: &dyn Words,
    columns: usize,
) -> Option<Comparison> {
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
    let mut comparison = match (about.text(), difference) {
        _ if about.repeated().is_some() => {
            offending(about.repeated().unwrap_or("").as_bytes(), came, columns)
        }
        // Some of its bytes would look like letters of some alphabet, which says nothing.
        (Some(text), _) if about.failure.miss == Miss::WrongEncoding => Comparison {
            expected: Some(clipped(text, columns)),
            actual: undecoded(came, columns),
            ..Comparison::default()
        },
        (Some(text), _) if about.wants_absence() => offending(text, came, columns),
        (Some(text), Some(difference)) if difference.agrees >= text.len() => {
            around(text, came, difference, columns)
        }
        (Some(text), Some(difference)) => side_by_side(text, came, difference, columns),
        (Some(text), None) => Comparison {
            expected: Some(clipped(text, columns)),
            ..offending(text, came, columns)
        },
        (None, _) => Comparison {
            expected: (!about.wants_absence()).then(|| words.target(expected(about))),
            actual: clipped(came, columns),
            ..Comparison::default()
        },
    };
    comparison.explain();
    Some(comparison)
}

fn expected<'a>(about: &About<'a>) -> &'a Expected {
    &about.failure.expected
}

/// What came, with a mark under `text` where that is in it.
fn offending(text: &[u8], came: &[u8], columns: usize) -> Comparison {
    let Some(at) = find(came, text) else {
        return Comparison {
            actual: clipped(came, columns),
            ..Comparison::default()
        };
    };
    let window = window(came, at..at + text.len(), columns);
    Comparison {
        mark: Some((width(&window.before), width(&window.focus).max(1))),
        actual: window.text(),
        ..Comparison::default()
    }
}

/// What stands around `text`, which is there, but must be alone.
fn around(text: &[u8], came: &[u8], difference: &Difference, columns: usize) -> Comparison {
    let start = difference.start.min(came.len());
    let end = start.saturating_add(text.len()).min(came.len());
    let (extra, contrast) = match (start, came.len() - end) {
        (0, 0) => return offending(text, came, columns),
        (0, _) => (end..came.len(), Contrast::Behind),
        _ => (0..start, Contrast::Before),
    };
    let window = window(came, extra, columns);
    Comparison {
        expected: Some(clipped(text, columns)),
        mark: Some((width(&window.before), width(&window.focus).max(1))),
        actual: window.text(),
        contrast: Some(contrast),
        symbols: Vec::new(),
    }
}

/// Both texts around the first byte in which they differ, that byte in the same column.
fn side_by_side(text: &[u8], came: &[u8], difference: &Difference, columns: usize) -> Comparison {
    let start = difference.start.min(came.len());
    let most = text.len().min(came.len() - start);
    let agreed = whole_characters(text, difference.agrees.min(most));
    let (right, wrong) = came.split_at(start + agreed);
    // The kind of difference is told on the stretch that is compared, not on what follows it.
    let end = difference.end.clamp(start + agreed, came.len());
    let stretch = if end == start + agreed {
        &wrong[..0]
    } else {
        wrong
    };
    let kind = contrast(&text[agreed..], stretch, agreed);

    let half = columns / 2;
    let common = tail(&text[..agreed], half);
    let context = if common.starts_with('…') {
        String::new()
    } else {
        tail(
            &right[..start],
            CONTEXT.min(half.saturating_sub(width(&common))),
        )
    };
    let margin = width(&context) + width(&common);
    let (expected_rest, _) = rest(&text[agreed..], columns - margin);
    let (actual_rest, marked) = rest(wrong, columns - margin);
    Comparison {
        expected: Some(format!(
            "{}{common}{expected_rest}",
            super::page::blanks(width(&context))
        )),
        actual: format!("{context}{common}{actual_rest}"),
        mark: Some((margin, marked)),
        contrast: kind,
        symbols: Vec::new(),
    }
}

/// The longest beginning of the `agreed` bytes that does not end inside a character of `text`.
fn whole_characters(text: &[u8], agreed: usize) -> usize {
    let mut at = agreed;
    while at > 0 && agreed - at < 4 && text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
        at -= 1;
    }
    at
}

/// What stands from a difference on, and how wide its first character is. A blank there, or at the very end, is made
/// visible.
fn rest(bytes: &[u8], columns: usize) -> (String, usize) {
    let first: Option<Glyph> = glyphs(bytes, 1).next();
    let marked = first.as_ref().map_or(1, |glyph| glyph.width.max(1));
    let mut text = clipped(bytes, columns);
    if text.starts_with(' ') {
        text.replace_range(..1, "·");
    }
    let kept = text.trim_end_matches(' ').len();
    let blanks = text.len() - kept;
    text.truncate(kept);
    text.push_str(&"·".repeat(blanks));
    (text, marked.min(columns))
}

impl Comparison {
    /// Finds out which stand-ins occur.
    fn explain(&mut self) {
        let all = [
            ("⏎", Symbol::LineEnd),
            ("␍", Symbol::CarriageReturn),
            ("⇥", Symbol::Tab),
            ("␀", Symbol::Zero),
            ("␛", Symbol::Escape),
            ("·", Symbol::Blank),
            ("\\x", Symbol::Byte),
        ];
        // Undecodable bytes have a sentence of their own where they are the difference.
        let told = matches!(self.contrast, Some(Contrast::NotUtf8 { .. }));
        let shown = format!("{}{}", self.expected.as_deref().unwrap_or(""), self.actual);
        self.symbols = all
            .into_iter()
            .filter(|(picture, symbol)| {
                shown.contains(picture) && !(told && *symbol == Symbol::Byte)
            })
            .map(|(_, symbol)| symbol)
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, around, offending, side_by_side};
    use crate::report::contrast::Contrast;
    use crate::transcript::Difference;

    fn compare(text: &str, came: &str, start: usize, agrees: usize) -> Comparison {
        let difference = Difference {
            start,
            agrees,
            end: came.len(),
        };
        side_by_side(text.as_bytes(), came.as_bytes(), &difference, 40)
    }

    /// Both lines and the mark as they stand on the page.
    fn drawn(comparison: &Comparison) -> String {
        let (at, wide) = comparison.mark.unwrap_or_default();
        let expected = comparison.expected.as_deref().unwrap_or("-");
        format!(
            "{expected}\n{}\n{}{}",
            comparison.actual,
            " ".repeat(at),
            "^".repeat(wide)
        )
    }

    #[test]
    fn the_first_difference_is_marked_in_both() {
        let full = compare(" : mango", " ： mango", 0, 1);
        assert_eq!(drawn(&full), " : mango\n ： mango\n ^^");
        let later = compare("mango-41", "alice: mango-42!", 7, 7);
        assert_eq!(
            drawn(&later),
            "       mango-41\nalice: mango-42!\n              ^"
        );
        let blank = compare("a b", "a  b", 0, 2);
        assert_eq!(drawn(&blank), "a b\na ·b\n  ^");
        assert_eq!(blank.contrast, Some(Contrast::ExtraBlank));
    }

    #[test]
    fn what_stands_around_a_text_that_must_be_alone_is_marked() {
        let around = |came: &str, start| {
            let difference = Difference {
                start,
                agrees: 5,
                end: start + 5,
            };
            drawn(&around(b"mango", came.as_bytes(), &difference, 40))
        };
        assert_eq!(around("ok: mango", 4), "mango\nok: mango\n^^^^");
        assert_eq!(around("mango!!", 0), "mango\nmango!!\n     ^^");
        assert_eq!(around("mango", 0), "-\nmango\n^^^^^");
    }

    #[test]
    fn half_a_character_is_shown_whole() {
        // U+4F60 and U+4F61 differ in their third byte.
        let half = compare("你", "佡", 0, 2);
        assert_eq!(drawn(&half), "你\n佡\n^^");
    }

    #[test]
    fn long_texts_are_cut_around_the_difference() {
        let long = "x".repeat(3000);
        let cut = compare(&long, &long[..1024], 0, 1024);
        assert_eq!(
            drawn(&cut),
            format!(
                "…{}…\n…{}\n{}^",
                "x".repeat(38),
                "x".repeat(19),
                " ".repeat(20)
            )
        );
        assert_eq!(
            cut.contrast,
            Some(Contrast::EndsHere {
                missing: 1976,
                after: 1024
            })
        );
    }

    #[test]
    fn numbers_that_make_no_sense_do_no_harm() {
        for (start, agrees, end) in [(99, 99, 0), (0, 99, 1), (3, 0, 99), (usize::MAX, 1, 2)] {
            let difference = Difference { start, agrees, end };
            side_by_side(b"abc", b"abd", &difference, 40);
            super::around(b"abc", b"abd", &difference, 40);
        }
    }

    #[test]
    fn what_must_not_come_is_marked() {
        let found = offending(b"mango", b"('127.0.0.1', 40112) : mango-41", 40);
        assert_eq!(found.actual, "('127.0.0.1', 40112) : mango-41");
        assert_eq!(found.mark, Some((23, 5)));
    }
}
