//! Finds a text that is not the expected one, but what a person would take for it.

use std::ops::Range;

use super::likeness::look_alike;

/// A mistake for so many characters is let pass.
const FOR_ONE_MISTAKE: usize = 8;

/// But never more.
const MOST: usize = 2;

/// No longer text is looked through, in bytes.
const LONGEST: usize = 64 << 10;

/// The work grows with the lengths of both: no more is done than this, the one's characters times the other's.
const MOST_WORK: usize = 1 << 24;

/// Where in `came` stands what is nearly `expected`: the same but for line ends and blanks, for full-width and half-width forms,
/// and for one mistake in writing in eight characters, two at most. Each of `kept`, and each number, that stands in `expected` stands there,
/// too, to the letter.
pub fn nearly(expected: &str, came: &[u8], kept: &[&str]) -> Option<Range<usize>> {
    let came = std::str::from_utf8(came).ok()?;
    if came.len() > LONGEST || expected.len() > LONGEST {
        return None;
    }
    let wanted: Vec<char> = expected.chars().flat_map(folded).collect();
    let text: Vec<(char, Range<usize>)> = came
        .char_indices()
        .flat_map(|(at, c)| folded(c).map(move |folded| (folded, at..at + c.len_utf8())))
        .collect();
    if wanted.len().saturating_mul(text.len()) > MOST_WORK {
        return None;
    }
    let most = (wanted.len() / FOR_ONE_MISTAKE).min(MOST);
    let (mistakes, range) = closest(&wanted, &text)?;
    let found = &came[range.clone()];
    let whole = numbers(expected)
        .chain(kept.iter().copied().filter(|word| expected.contains(word)))
        .all(|word| found.contains(word));
    (mistakes <= most && whole && found != expected).then_some(range)
}

/// A character without what makes no difference: none at all for blanks and line ends.
fn folded(c: char) -> impl Iterator<Item = char> {
    let folded: Vec<char> = look_alike(c).filter(|c| !c.is_whitespace()).collect();
    folded.into_iter()
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| !run.is_empty())
}

/// The first stretch of `text` that becomes `wanted` with the fewest insertions, deletions and replacements (P. H. Sellers, 1980), and how
/// many these are.
fn closest(wanted: &[char], text: &[(char, Range<usize>)]) -> Option<(usize, Range<usize>)> {
    if wanted.is_empty() {
        return None;
    }
    // For each beginning of `wanted`: mistakes, and where in `text` it begins.
    let mut row: Vec<(usize, usize)> = (0..=wanted.len()).map(|length| (length, 0)).collect();
    let mut best: Option<(usize, Range<usize>)> = None;
    for (at, (c, bytes)) in text.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (0, at + 1);
        for (index, own) in wanted.iter().enumerate() {
            let replaced = (diagonal.0 + usize::from(own != c), diagonal.1);
            diagonal = row[index + 1];
            let missing = (row[index].0 + 1, row[index].1);
            let extra = (diagonal.0 + 1, diagonal.1);
            row[index + 1] = replaced.min(missing).min(extra);
        }
        let (mistakes, from) = row[wanted.len()];
        if from <= at && best.as_ref().is_none_or(|(least, _)| mistakes < *least) {
            best = Some((mistakes, text[from].1.start..bytes.end));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::nearly;

    #[test]
    fn what_a_person_would_take_for_it() {
        for (expected, came, found) in [
            (
                "Recieve Data: mango-41",
                "x\nReceive Data: mango-41\n",
                Some("Receive Data: mango-41"),
            ),
            ("你好： mango-41", "a 你好:mango-41", Some("你好:mango-41")),
            (
                "等待客户端的连接...",
                "等待客户端连接…\n",
                Some("等待客户端连接…"),
            ),
            ("one\ntwo", "one\r\ntwo", Some("one\r\ntwo")),
            // The word, and numbers, stand to the letter.
            ("server recv: mango-41", "server recv: mangi-41", None),
            ("from port 40112 came", "from port 40113 came", None),
            // Another text.
            ("Recieve Data: mango-41", "got mango-41", None),
            ("ok", "no", None),
            ("the same text", "the same text", None),
            ("", "anything", None),
        ] {
            let range = nearly(expected, came.as_bytes(), &["mango-41"]);
            assert_eq!(range.map(|range| &came[range]), found, "{expected}");
        }
        assert_eq!(nearly("text", b"\xff text", &[]), None);
    }

    #[test]
    fn two_long_texts_are_not_held_against_each_other() {
        let long = "x".repeat(60_000);
        assert_eq!(nearly(&long, &long.as_bytes()[1..], &[]), None);
        assert!(
            nearly(
                "nearly the same",
                (long + "nearly the sane").as_bytes(),
                &[]
            )
            .is_some()
        );
    }
}
