//! Bytes that a student's program made, as characters that can be looked at.
//!
//! Must not let through anything that moves a cursor, hides or turns round text, and must look at no more of its input
//! than it shows.

use std::borrow::Cow;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// What is shown for a character that can't be shown as it is; `None`: it can.
pub(super) fn stand_in(c: char) -> Option<Cow<'static, str>> {
    match c {
        ' '..='~' => None,
        '\n' => Some("⏎".into()),
        '\t' => Some("⇥".into()),
        '\0'..='\x1f' => {
            char::from_u32(0x2400 + u32::from(c)).map(|picture| picture.to_string().into())
        }
        '\x7f' => Some("␡".into()),
        '\u{a0}' => Some("<NBSP>".into()),
        c if is_invisible(c) => Some(format!("<U+{:04X}>", u32::from(c)).into()),
        _ => None,
    }
}

/// Whether nobody can see it: control and formatting characters, blanks that are not the usual one, marks that join
/// others, characters that terminals disagree about.
pub(super) fn is_invisible(c: char) -> bool {
    match c {
        '\0'..='\x1f' | '\x7f'..='\u{a0}' | '\u{ad}' | '\u{61c}' => true,
        // Hangul fillers, Braille without a dot: letters by their category, but blank.
        '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => true,
        // All blanks, separators, bidirectional and joining controls of General Punctuation.
        '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' => true,
        // The last two of this plane are no characters, and nothing that XML may hold.
        '\u{3000}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' => true,
        c => c.width().unwrap_or(0) == 0,
    }
}

/// A character or an undecodable byte as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// What it is; `None`: a byte that is not UTF-8.
    pub(super) character: Option<char>,
    /// What is shown.
    pub(super) shown: Cow<'static, str>,
    /// In how many columns.
    pub(super) width: usize,
    /// How many bytes it stands for.
    pub(super) bytes: usize,
}

impl Glyph {
    fn of(c: char) -> Glyph {
        let shown = stand_in(c).unwrap_or_else(|| c.to_string().into());
        Glyph {
            character: Some(c),
            width: super::page::width(&shown),
            shown,
            bytes: c.len_utf8(),
        }
    }

    fn undecodable(byte: u8) -> Glyph {
        Glyph {
            character: None,
            shown: format!("\\x{byte:02X}").into(),
            width: 4,
            bytes: 1,
        }
    }
}

/// The first `count` glyphs of `bytes`, or all of them. Each takes at least a column.
pub(super) fn glyphs(bytes: &[u8], count: usize) -> impl Iterator<Item = Glyph> + '_ {
    // Else the decoder would look through everything first. What the cut breaks stands behind the last glyph wanted.
    let enough = count.saturating_mul(BYTES_A_COLUMN).min(bytes.len());
    bytes[..enough]
        .utf8_chunks()
        .flat_map(|chunk| {
            let invalid = chunk.invalid().iter();
            let valid = chunk.valid().chars().map(Glyph::of);
            valid.chain(invalid.map(|byte| Glyph::undecodable(*byte)))
        })
        .take(count)
}

/// The first so many columns of `bytes`, with `…` behind them if that is not all.
pub(super) fn clipped(bytes: &[u8], columns: usize) -> String {
    window(bytes, 0..0, columns).text()
}

/// The first `columns` columns of `bytes`, everything but ASCII as single bytes.
pub(super) fn undecoded(bytes: &[u8], columns: usize) -> String {
    let mut shown = String::new();
    for byte in bytes {
        let glyph = match byte {
            0..=0x7f => Glyph::of(char::from(*byte)),
            _ => Glyph::undecodable(*byte),
        };
        if super::page::width(&shown) + glyph.width + 1 > columns {
            shown.push('…');
            break;
        }
        shown.push_str(&glyph.shown);
    }
    shown
}

/// At most `columns` columns of the beginning and, more of it, the end of `bytes`.
pub(super) fn both_ends(bytes: &[u8], columns: usize) -> String {
    let all = clipped(bytes, columns);
    if !all.ends_with('…') {
        return all;
    }
    let first = clipped(bytes, columns / 3);
    let first = first.strip_suffix('…').unwrap_or(&first);
    let room = columns - super::page::width(first);
    format!("{first}{}", tail(bytes, room))
}

/// A character column's worth of bytes is never more than this.
const BYTES_A_COLUMN: usize = 4;

/// A stretch of a text around what matters in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// What stands before, beginning with `…` if that is not all.
    pub(super) before: String,
    /// What matters, as much of it as there is room for.
    pub(super) focus: String,
    /// What stands behind, ending in `…` if that is not all.
    pub(super) after: String,
}

impl Window {
    pub(super) fn text(&self) -> String {
        format!("{}{}{}", self.before, self.focus, self.after)
    }
}

/// At most `columns` columns of `bytes` around `focus`. Looks at a few bytes a column only.
pub(super) fn window(bytes: &[u8], focus: Range<usize>, columns: usize) -> Window {
    let columns = columns.max(4);
    let start = focus.start.min(bytes.len());
    let end = focus.end.clamp(start, bytes.len());
    let whole: usize = glyphs(&bytes[start..], columns + 1)
        .map(|glyph| glyph.width)
        .sum();
    let focused: usize = glyphs(&bytes[start..end], columns + 1)
        .map(|glyph| glyph.width)
        .sum();
    // What is in focus comes first, then a third for what stands behind it, then what stands before.
    let wanted = whole.min(focused + columns / 3).min(columns);
    let before = tail(&bytes[..start], columns - wanted);
    let room = columns - super::page::width(&before);
    let (shown, rest) = head(&bytes[start..], end - start, room);
    Window {
        before,
        focus: shown,
        after: rest,
    }
}

/// The last `columns` columns of `bytes`.
pub(super) fn tail(bytes: &[u8], columns: usize) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let mut from = bytes.len().saturating_sub((columns + 1) * BYTES_A_COLUMN);
    while from > 0 && from < bytes.len() && bytes[from] & 0xc0 == 0x80 {
        from += 1;
    }
    let all: Vec<Glyph> = glyphs(&bytes[from..], usize::MAX).collect();
    let total: usize = all.iter().map(|glyph| glyph.width).sum();
    if from == 0 && total <= columns {
        return all.iter().map(|glyph| glyph.shown.as_ref()).collect();
    }
    if columns == 0 {
        return String::new();
    }
    let mut room = columns - 1;
    let mut first = all.len();
    while first > 0 && all[first - 1].width <= room {
        first -= 1;
        room -= all[first].width;
    }
    let kept = all[first..].iter().map(|glyph| glyph.shown.as_ref());
    std::iter::once("…").chain(kept).collect()
}

/// The first `columns` columns of `bytes`: those of its first `split` bytes, and those of the others.
fn head(bytes: &[u8], split: usize, columns: usize) -> (String, String) {
    let mut parts = (String::new(), String::new());
    let mut used = 0;
    let mut offset = 0;
    // The last glyph and the one before may have to make room for the ellipsis.
    let mut shown: Vec<(Glyph, bool)> = Vec::new();
    let mut cut = false;
    for glyph in glyphs(bytes, columns + 1) {
        if used + glyph.width > columns {
            cut = true;
            break;
        }
        used += glyph.width;
        let focused = offset < split;
        offset += glyph.bytes;
        shown.push((glyph, focused));
    }
    while cut && used + 1 > columns {
        match shown.pop() {
            Some((glyph, _)) => used -= glyph.width,
            None => break,
        }
    }
    for (glyph, focused) in &shown {
        let part = if *focused { &mut parts.0 } else { &mut parts.1 };
        part.push_str(&glyph.shown);
    }
    if cut {
        parts.1.push('…');
    }
    parts
}

/// Where `needle` begins in `hay`, in its first [`LOOK`] or last [`LOOK`] bytes.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let search = |from: usize, hay: &[u8]| {
        let mut at = 0;
        while let Some(next) = hay[at..].iter().position(|byte| *byte == first) {
            if hay[at + next..].starts_with(needle) {
                return Some(from + at + next);
            }
            at += next + 1;
        }
        None
    };
    if hay.len() <= 2 * LOOK {
        return search(0, hay);
    }
    let last = hay.len() - LOOK;
    search(0, &hay[..LOOK]).or_else(|| search(last, &hay[last..]))
}

/// How far into a text [`find`] looks from either end, in bytes.
const LOOK: usize = 1 << 14;

#[cfg(test)]
mod tests {
    use super::{
        both_ends, clipped, find, glyphs, is_invisible, stand_in, tail, undecoded, window,
    };

    #[test]
    fn what_can_not_be_seen_gets_a_stand_in() {
        let cases = [
            ('\n', "⏎"),
            ('\r', "␍"),
            ('\t', "⇥"),
            ('\0', "␀"),
            ('\x1b', "␛"),
            ('\x7f', "␡"),
            ('\u{9b}', "<U+009B>"),
            ('\u{a0}', "<NBSP>"),
            ('\u{200b}', "<U+200B>"),
            ('\u{202e}', "<U+202E>"),
            ('\u{2066}', "<U+2066>"),
            ('\u{3000}', "<U+3000>"),
            ('\u{feff}', "<U+FEFF>"),
            ('\u{301}', "<U+0301>"),
            ('\u{2028}', "<U+2028>"),
            ('\u{e0041}', "<U+E0041>"),
        ];
        for (c, expected) in cases {
            assert_eq!(stand_in(c).as_deref(), Some(expected), "{:04x}", c as u32);
            assert!(is_invisible(c));
        }
        for c in ['a', ' ', '~', '你', '：', 'é', '…', '→'] {
            assert_eq!(stand_in(c), None);
        }
    }

    #[test]
    fn no_character_of_unicode_moves_the_cursor() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let shown = stand_in(c).unwrap_or_else(|| c.to_string().into());
            assert!(
                shown.chars().all(|c| !c.is_control() && !is_invisible(c)),
                "{:04x}",
                c as u32
            );
        }
    }

    #[test]
    fn undecodable_bytes_are_shown_as_such() {
        let shown: String = glyphs(b"a\xe4\xbdb\xff", 9)
            .map(|glyph| glyph.shown.into_owned())
            .collect();
        assert_eq!(shown, "a\\xE4\\xBDb\\xFF");
        // Two bytes of GBK that happen to be a letter in UTF-8.
        assert_eq!(undecoded(b"q\xcb\xa3", 20), "q\\xCB\\xA3");
        assert_eq!(undecoded(b"q\xcb\xa3", 8), "q\\xCB…");
    }

    #[test]
    fn windows_keep_what_is_in_focus() {
        let cases = [
            ("abc", 0..0, 10, "abc"),
            ("abcdefghij", 0..0, 5, "abcd…"),
            ("0123456789 mango-41", 11..19, 14, "…6789 mango-41"),
            (
                "0123456789 mango-41 0123456789",
                11..19,
                16,
                "…9 mango-41 012…",
            ),
            ("你好你好你好", 0..0, 5, "你好…"),
        ];
        for (text, focus, columns, expected) in cases {
            let window = window(text.as_bytes(), focus.clone(), columns);
            assert_eq!(window.text(), expected);
            assert_eq!(window.focus, text[focus]);
        }
        assert_eq!(clipped(b"abcdefghij", 5), "abcd…");
        assert_eq!(both_ends(b"abcdefghijkl", 9), "abc…hijkl");
        assert_eq!(both_ends(b"abcdefghi", 9), "abcdefghi");
        assert_eq!(tail(b"abcdefghij", 5), "…ghij");
        assert_eq!(tail("你好".as_bytes(), 4), "你好");
        assert_eq!(tail("a你好".as_bytes(), 4), "…好");
    }

    #[test]
    fn a_needle_is_found_near_either_end() {
        assert_eq!(find(b"aab", b"ab"), Some(1));
        assert_eq!(find(b"aab", b"c"), None);
        assert_eq!(find(b"aab", b""), None);
        let mut long = vec![b'm'; 4 << 20];
        let end = long.len() - 5;
        long[end..].copy_from_slice(b"mango");
        assert_eq!(find(&long, b"mango"), Some(end));
    }
}
