//! What kind of difference it is, at the first place where two texts differ: the kinds that are hard to see or usual.

use super::visible::{Glyph, glyphs, is_invisible};

/// A difference that deserves a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contrast {
    /// A full-width character instead of its ASCII form.
    FullWidth { came: char, expected: char },
    /// An ASCII character instead of its full-width form.
    HalfWidth { came: char, expected: char },
    /// Another character that looks alike.
    LookAlike { came: char, expected: char },
    /// Upper case for lower case or the other way round.
    Case { came: char, expected: char },
    /// A character that can't be seen.
    Invisible { came: char },
    /// The end of what came, so many bytes too early, after so many right ones.
    EndsHere { missing: usize, after: usize },
    /// All but the end of the line came.
    NoLineEnd,
    /// CR LF instead of LF.
    CarriageReturn,
    /// LF instead of CR LF.
    NoCarriageReturn,
    /// A blank too many.
    ExtraBlank,
    /// A blank is missing.
    MissingBlank,
    /// A byte that is not UTF-8.
    NotUtf8 { byte: u8 },
    /// Something before a text that must stand alone.
    Before,
    /// Something behind a text that must stand alone.
    Behind,
}

/// Compares `expected` and `came`, both from the first difference on, after `agreed` equal bytes.
pub(super) fn contrast(expected: &[u8], came: &[u8], agreed: usize) -> Option<Contrast> {
    let pair = |bytes: &[u8]| -> (Option<Glyph>, Option<char>) {
        let mut all = glyphs(bytes, 2);
        (all.next(), all.next().and_then(|glyph| glyph.character))
    };
    let (wanted, wanted_next) = pair(expected);
    let (got, got_next) = pair(came);
    let Some(got) = got else {
        return match expected {
            b"" => None,
            b"\n" | b"\r\n" => Some(Contrast::NoLineEnd),
            rest => Some(Contrast::EndsHere {
                missing: rest.len(),
                after: agreed,
            }),
        };
    };
    let Some(came_char) = got.character else {
        return Some(Contrast::NotUtf8 { byte: came[0] });
    };
    let wanted = wanted?.character?;
    Some(match (wanted, came_char) {
        ('\n', '\r') if got_next == Some('\n') => Contrast::CarriageReturn,
        ('\r', '\n') if wanted_next == Some('\n') => Contrast::NoCarriageReturn,
        (wanted, c) if full_width(wanted) == Some(c) => Contrast::FullWidth {
            came: c,
            expected: wanted,
        },
        (wanted, c) if full_width(c) == Some(wanted) => Contrast::HalfWidth {
            came: c,
            expected: wanted,
        },
        (wanted, c) if plain(c) == plain(wanted) => Contrast::LookAlike {
            came: c,
            expected: wanted,
        },
        (_, c) if is_invisible(c) && c != '\n' => Contrast::Invisible { came: c },
        (' ', c) if Some(c) == wanted_next => Contrast::MissingBlank,
        (wanted, ' ') if got_next == Some(wanted) => Contrast::ExtraBlank,
        (wanted, c) if wanted.to_lowercase().eq(c.to_lowercase()) => Contrast::Case {
            came: c,
            expected: wanted,
        },
        _ => return None,
    })
}

/// The full-width form of an ASCII character (Unicode block Halfwidth and Fullwidth Forms; the blank has U+3000).
fn full_width(c: char) -> Option<char> {
    match c {
        ' ' => Some('\u{3000}'),
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0),
        _ => None,
    }
}

/// The ASCII character that this one is easily mistaken for, else itself.
fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '‛' | '′' | '´' => '\'',
        '“' | '”' | '‟' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' => '-',
        '。' | '·' | '․' => '.',
        '、' => ',',
        '《' | '〈' | '‹' => '<',
        '》' | '〉' | '›' => '>',
        '【' => '[',
        '】' => ']',
        '\u{a0}' | '\u{2002}'..='\u{200a}' => ' ',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Т' | 'Τ' => 'T',
        'Х' | 'Χ' => 'X',
        'а' => 'a',
        'с' => 'c',
        'е' => 'e',
        'о' | 'ο' => 'o',
        'р' => 'p',
        'х' => 'x',
        'у' => 'y',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{Contrast, contrast};

    #[test]
    fn usual_differences_are_told_apart() {
        let cases: [(&str, &str, Option<Contrast>); 16] = [
            (
                ": a",
                "： a",
                Some(Contrast::FullWidth {
                    came: '：',
                    expected: ':',
                }),
            ),
            (
                "：",
                ":",
                Some(Contrast::HalfWidth {
                    came: ':',
                    expected: '：',
                }),
            ),
            (
                " a",
                "\u{3000}a",
                Some(Contrast::FullWidth {
                    came: '\u{3000}',
                    expected: ' ',
                }),
            ),
            (
                " a",
                "\u{a0}a",
                Some(Contrast::LookAlike {
                    came: '\u{a0}',
                    expected: ' ',
                }),
            ),
            (
                "\"",
                "“",
                Some(Contrast::LookAlike {
                    came: '“',
                    expected: '"',
                }),
            ),
            (
                "a",
                "A",
                Some(Contrast::Case {
                    came: 'A',
                    expected: 'a',
                }),
            ),
            ("a", "\0a", Some(Contrast::Invisible { came: '\0' })),
            (
                "a",
                "\u{feff}a",
                Some(Contrast::Invisible { came: '\u{feff}' }),
            ),
            ("\n", "", Some(Contrast::NoLineEnd)),
            ("\r\n", "", Some(Contrast::NoLineEnd)),
            (
                "abc",
                "",
                Some(Contrast::EndsHere {
                    missing: 3,
                    after: 7,
                }),
            ),
            ("\n", "\r\n", Some(Contrast::CarriageReturn)),
            ("\r\n", "\n", Some(Contrast::NoCarriageReturn)),
            ("b", " b", Some(Contrast::ExtraBlank)),
            (" b", "b", Some(Contrast::MissingBlank)),
            ("a", "b", None),
        ];
        for (expected, came, kind) in cases {
            let found = contrast(expected.as_bytes(), came.as_bytes(), 7);
            assert_eq!(found, kind, "{expected:?} {came:?}");
        }
        let broken = contrast("你".as_bytes(), b"\xc4\xe3", 0);
        assert_eq!(broken, Some(Contrast::NotUtf8 { byte: 0xc4 }));
    }
}
