//! Where what came first differs from what was expected.
//!
//! Explains a failure; never decides one.

use std::ops::Range;

use memchr::memmem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The first difference between an expected text and the stretch of what came that is most like it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Byte offset in what came where the most similar stretch begins.
    pub start: usize,
    /// How many bytes of the expected text are right before the first that is wrong. (In UTF-8 that may be in the
    /// middle of a character.) All of them: the expected text is there.
    pub agrees: usize,
    /// One past the end of the most similar stretch.
    pub end: usize,
}

/// So many bytes of what was expected are compared.
const COMPARED: usize = 4096;

/// So many bytes of it are sought; the others only show how far the likeness goes.
const HEAD: usize = 512;

/// So many bytes of what came are looked at in one place.
const REGION: usize = 32 * 1024;

/// Up to so many comparisons of two bytes every alignment is tried.
const EXHAUSTIVE: usize = 1 << 18;

/// An alignment may be off by so many bytes from where it is sought.
const SLACK: isize = 32;

/// Alignments that many bytes apart are sought together.
const BUCKET: usize = 32;

/// So many places of a region are compared in full.
const CANDIDATES: usize = 3;

/// What two bytes, or one that has no partner, add to the likeness of two stretches. Unrelated texts score below zero.
const SAME: i32 = 2;
const OTHER_CASE: i32 = 1;
const WRONG: i32 = -2;

/// So many wrong bytes at the end of a stretch still belong to it: as many as a full-width sign has in UTF-8.
const TAIL: i32 = 3;

/// The stretch of `came` that is most like `expected`, if any is like it at all.
///
/// Looks at the first 4 KiB of `expected`, and of a long `came` at the first and the last 32 KiB and where the
/// beginning of `expected` is found first and last.
pub fn closest(expected: &[u8], came: &[u8]) -> Option<Difference> {
    if expected.is_empty() || came.is_empty() {
        return None;
    }
    if let Some(start) = memmem::find(came, expected) {
        return Some(Difference {
            start,
            agrees: expected.len(),
            end: start + expected.len(),
        });
    }
    let compared = &expected[..expected.len().min(COMPARED)];
    let mut best = regions(compared, came)
        .into_iter()
        .filter_map(|region| {
            let mut best = most_like(compared, &came[region.clone()])?;
            best.start += region.start;
            best.end += region.start;
            Some(best)
        })
        .reduce(|best, next| if next.score > best.score { next } else { best })?;
    if compared.len() > HEAD {
        best = align_from(best.start, compared, came);
    }
    let (start, end) = whole_characters(came, best.start, best.end);
    Some(Difference {
        start,
        agrees: common(expected, &came[start..]),
        end,
    })
}

/// Where to look.
fn regions(expected: &[u8], came: &[u8]) -> Vec<Range<usize>> {
    if came.len() <= 2 * REGION {
        return std::iter::once(0..came.len()).collect();
    }
    let mut regions = vec![0..REGION, came.len() - REGION..came.len()];
    let head = &expected[..expected.len().min(16)];
    for found in [memmem::find(came, head), memmem::rfind(came, head)]
        .into_iter()
        .flatten()
    {
        let start = found.min(came.len() - REGION);
        if !regions.iter().any(|region| region.start == start) {
            regions.push(start..start + REGION);
        }
    }
    regions
}

/// How many bytes two texts have in common at their beginning.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// The same stretch without half characters of UTF-8 at its ends, if it is text.
fn whole_characters(came: &[u8], start: usize, end: usize) -> (usize, usize) {
    let inside = |&offset: &usize| came.get(offset).is_some_and(|byte| byte & 0xc0 == 0x80);
    let back = (0..4).find(|back| *back > start || !inside(&(start - back)));
    let forth = (0..4).find(|forth| !inside(&(end + forth)));
    let (Some(back), Some(forth)) = (back, forth) else {
        return (start, end);
    };
    let wider = (start.saturating_sub(back), end + forth);
    if std::str::from_utf8(&came[wider.0..wider.1]).is_ok() {
        wider
    } else {
        (start, end)
    }
}

/// A stretch of what came, and how much it is like what was expected.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: usize,
    end: usize,
    score: i32,
}

/// The stretch of a region that is most like `expected`, if it is enough like it.
fn most_like(expected: &[u8], came: &[u8]) -> Option<Stretch> {
    let (length, start) = longest_beginning(expected, came);
    // A cut or a wrong byte far in front leaves little in common with a long text; its beginning is proof enough.
    let telling = length >= 16
        || (length >= 4 && (2 * length >= expected.len() || start + length == came.len()));
    let expected = &expected[..expected.len().min(HEAD)];
    let beginning = (length > 0).then(|| align_from(start, expected, came));
    let enough = expected.len().min(expected.len() / 2 + 2) as i32;

    let everywhere = -(expected.len() as isize)..came.len() as isize + 1;
    let bands = if expected.len() * came.len() <= EXHAUSTIVE {
        vec![everywhere]
    } else {
        shared_grams(expected, came)
    };
    let elsewhere = bands
        .into_iter()
        .map(|band| align(expected, came, band, 0..came.len()));
    let best = beginning
        .into_iter()
        .chain(elsewhere)
        .filter(|stretch| stretch.score >= enough)
        .reduce(|best, next| if next.score > best.score { next } else { best });
    best.or(beginning.filter(|_| telling))
}

/// The longest beginning of `expected` that is in `came`: its length, and where it is first.
fn longest_beginning(expected: &[u8], came: &[u8]) -> (usize, usize) {
    let (mut there, mut start, mut missing) = (0, 0, expected.len() + 1);
    while missing - there > 1 {
        let length = there + (missing - there) / 2;
        match memmem::find(came, &expected[..length]) {
            Some(found) => (there, start) = (length, found),
            None => missing = length,
        }
    }
    (there, start)
}

/// The alignments at which most groups of few bytes are the same, whatever their case: how far `came` is ahead.
fn shared_grams(expected: &[u8], came: &[u8]) -> Vec<Range<isize>> {
    let size = if expected.len() < 64 { 3 } else { 4 };
    let gram = |bytes: &[u8]| -> u32 {
        bytes.iter().fold(0, |gram, byte| {
            gram << 8 | u32::from(byte.to_ascii_lowercase())
        })
    };
    let mut grams: Vec<(u32, usize)> = expected
        .windows(size)
        .enumerate()
        .map(|(offset, bytes)| (gram(bytes), offset))
        .collect();
    grams.sort_unstable();

    let mut votes = vec![0u32; (expected.len() + came.len()) / BUCKET + 2];
    for (offset, bytes) in came.windows(size).enumerate() {
        let wanted = gram(bytes);
        let from = grams.partition_point(|&(gram, _)| gram < wanted);
        // Of a group that stands everywhere a few places are enough.
        for &(_, place) in grams[from..]
            .iter()
            .take_while(|&&(gram, _)| gram == wanted)
            .take(4)
        {
            votes[(offset + expected.len() - place) / BUCKET] += 1;
        }
    }
    let mut buckets: Vec<(u32, usize)> = votes
        .windows(2)
        .enumerate()
        .map(|(bucket, votes)| (votes[0] + votes[1], bucket))
        .filter(|&(votes, _)| votes as usize >= 2.max(grams.len() / 16))
        .collect();
    buckets.sort_unstable_by_key(|&(votes, bucket)| (std::cmp::Reverse(votes), bucket));
    buckets
        .into_iter()
        .take(CANDIDATES)
        .map(|(_, bucket)| {
            let ahead = (bucket * BUCKET) as isize - expected.len() as isize;
            ahead - SLACK..ahead + 2 * BUCKET as isize + SLACK
        })
        .collect()
}

/// The stretch that is most like `expected` among those that begin here.
fn align_from(start: usize, expected: &[u8], came: &[u8]) -> Stretch {
    let diagonal = start as isize;
    let band = diagonal - SLACK..diagonal + SLACK;
    align(expected, came, band, start..start + 1)
}

/// The stretch that is most like `expected` among those that begin at `starts`, where `came` is ahead by no more and
/// no less than `band` says (Sellers 1980, with scores instead of costs).
fn align(expected: &[u8], came: &[u8], band: Range<isize>, starts: Range<usize>) -> Stretch {
    const NONE: (i32, usize) = (i32::MIN / 2, 0);
    let width = band.len();
    // By how far it is ahead: the best score of what is expected up to here, and where that stretch begins.
    let mut row = vec![NONE; width + 1];
    for (index, cell) in row[..width].iter_mut().enumerate() {
        if let Ok(start) = usize::try_from(band.start + index as isize)
            && starts.contains(&start)
        {
            *cell = (0, start);
        }
    }
    let nothing = Stretch {
        start: starts.start,
        end: starts.start,
        score: 0,
    };
    let (mut best, mut full) = (nothing, nothing);
    for (offset, &wanted) in expected.iter().enumerate() {
        full.score = i32::MIN;
        // How far `came` has been read before the first cell.
        let first = band.start + offset as isize;
        // Cells before its beginning or behind its end are left out; there are fewer before it in each row, and more
        // behind it, so that none of them is ever read.
        let from = usize::try_from(-1 - first).unwrap_or(0).min(width);
        let upto = usize::try_from(came.len() as isize - first)
            .unwrap_or(0)
            .min(width);
        let mut left = NONE;
        for index in from..upto {
            // `read` bytes of `came` belong to this cell.
            let read = (first + index as isize + 1) as usize;
            let (mut score, mut start) = row[index];
            score += match read.checked_sub(1).map(|last| came[last]) {
                Some(byte) if byte == wanted => SAME,
                Some(byte) if byte.eq_ignore_ascii_case(&wanted) => OTHER_CASE,
                Some(_) => WRONG,
                None => i32::MIN / 4,
            };
            for (other, begins) in [row[index + 1], left] {
                if other + WRONG > score {
                    (score, start) = (other + WRONG, begins);
                }
            }
            left = (score, start);
            row[index] = left;
            let stretch = Stretch {
                start,
                end: read,
                score,
            };
            if score > best.score {
                best = stretch;
            }
            // A wrong last byte rather than a missing one or several more.
            let off = |stretch: &Stretch| (stretch.end - stretch.start).abs_diff(expected.len());
            if score > full.score
                || (score == full.score && start == full.start && off(&stretch) < off(&full))
            {
                full = stretch;
            }
        }
    }
    if expected.len() < 4 {
        // Too short to be like anything but as a whole.
        full
    } else if full.start == best.start && full.score >= best.score + TAIL * WRONG {
        // A few wrong bytes at the end belong to it, as they would in the middle.
        Stretch {
            score: best.score,
            ..full
        }
    } else {
        best
    }
}

#[cfg(test)]
mod tests {
    use super::{Difference, closest};

    fn told(expected: &[u8], came: &[u8]) -> Option<(usize, usize, usize)> {
        closest(expected, came).map(|Difference { start, agrees, end }| (start, agrees, end))
    }

    #[test]
    fn where_the_difference_is() {
        // (expected, came, (start, agrees, end))
        let cases = [
            // one wrong, missing or additional byte
            ("mango-41", "mango-42", Some((0, 7, 8))),
            ("mango-41", "x: mango-42\n", Some((3, 7, 11))),
            ("mango-41", "x: man0o-41\n", Some((3, 3, 11))),
            ("mango-41", "x: mano-41\n", Some((3, 3, 10))),
            ("mango-41", "x: manggo-41\n", Some((3, 4, 12))),
            ("mango-41", "x: bango-41\n", Some((3, 0, 11))),
            ("abc", "abd", None),
            ("mango", "man", Some((0, 3, 3))),
            // cut short
            ("mango-41", "mang", Some((0, 4, 4))),
            ("a longer text than that", "x a lo", Some((2, 4, 6))),
            // the other case
            ("mango-41", "MANGO-41", Some((0, 0, 8))),
            ("mango-41", "you said: MANGO-41, bye", Some((10, 0, 18))),
            ("OK", "ok", Some((0, 0, 2))),
            ("q", "Q", Some((0, 0, 1))),
            // full width and half width
            ("你好：a", "你好:a", Some((0, 6, 8))),
            ("Name:", "Name：", Some((0, 4, 7))),
            ("Name：mango-41", "Name:mango-41", Some((0, 4, 13))),
            // a character that begins with the same bytes
            ("你好", "你妾", Some((0, 4, 6))),
            ("妾你好呀", "好你好呀", Some((0, 1, 12))),
            // more, or fewer, spaces
            ("a b c d", "a  b  c  d", Some((0, 2, 10))),
            ("hello, bob", "hello,bob", Some((0, 6, 9))),
            // it is there: doubled, padded, not alone
            ("mango-41", "mango-41mango-41", Some((0, 8, 8))),
            ("mango-41", "mango-41\0\0\0\0", Some((0, 8, 8))),
            ("mango-41", "> mango-41", Some((2, 8, 10))),
            ("mango", "mmaannggoo", Some((1, 2, 9))),
            ("mango-41\r\n", "mango-41\n", Some((0, 8, 9))),
            // the best of several
            ("mango-41", "mango, man0o-41 man", Some((7, 3, 15))),
            // nothing like it
            ("mango-41", "melon-17", None),
            (
                "mango-41",
                "Welcome to the chat, please tell your name",
                None,
            ),
            ("42", "41", None),
            ("42", "4", None),
            ("你好", "再见", None),
            ("", "melon", None),
            ("mango", "", None),
        ];
        for (expected, came, difference) in cases {
            let told = told(expected.as_bytes(), came.as_bytes());
            assert_eq!(told, difference, "{expected:?} {came:?}");
        }
        let gbk = b"\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7";
        assert_eq!(told("你好，世界".as_bytes(), gbk), None);
    }

    /// Text without repetitions.
    fn long(length: usize) -> Vec<u8> {
        (0..)
            .flat_map(|n: u32| format!("{:x} ", n.wrapping_mul(2_654_435_761)).into_bytes())
            .take(length)
            .collect()
    }

    #[test]
    fn long_texts() {
        let expected = long(3000);
        let around = |text: &[u8]| [&b"welcome\n"[..], text, b"\nbye, and come back\n"].concat();
        let edit = |at: usize, with: &[u8]| [&expected[..at], with, &expected[at + 1..]].concat();
        let upper = expected.to_ascii_uppercase();
        let cases = [
            ("cut", expected[..1024].to_vec(), (0, 1024, 1024)),
            ("cut, more", around(&expected[..1024]), (8, 1024, 1032)),
            ("changed", around(&edit(1500, b"!")), (8, 1500, 3008)),
            ("missing", around(&edit(1500, b"")), (8, 1500, 3007)),
            ("more", around(&edit(1500, b"!!!")), (8, 1500, 3010)),
            ("changed first", around(&edit(0, b"!")), (8, 0, 3008)),
            ("changed last", around(&edit(2999, b"!")), (8, 2999, 3008)),
            (
                "other case",
                around(&upper),
                (8, common_case(&expected), 3008),
            ),
        ];
        for (name, came, difference) in cases {
            assert_eq!(told(&expected, &came), Some(difference), "{name}");
        }
        assert_eq!(told(&expected, &b"no ".repeat(1000)), None);
        assert_eq!(
            told(&b"x".repeat(3000), &b"x".repeat(1024)),
            Some((0, 1024, 1024))
        );
    }

    /// How many bytes come before the first lower-case letter.
    fn common_case(text: &[u8]) -> usize {
        super::common(text, &text.to_ascii_uppercase())
    }

    #[test]
    fn in_much_that_came() {
        let noise = b"the quick brown fox 0123456789\n".repeat(100_000);
        let expected = b"mango-41 and melon-17";
        let other = b"mango-41 and nelon-17";
        for at in [0, 20_000, noise.len() - 20_000, noise.len()] {
            let came = [&noise[..at], other, &noise[at..]].concat();
            assert_eq!(told(expected, &came), Some((at, 13, at + 21)), "{at}");
        }
        // In the middle it is found by its beginning.
        let other = b"mango-41 and melon-35";
        let at = noise.len() / 2;
        let came = [&noise[..at], other, &noise[at..]].concat();
        assert_eq!(told(expected, &came), Some((at, 19, at + 21)));
        assert_eq!(told(expected, &noise), None);
    }

    #[test]
    fn any_two_texts_have_a_difference_that_is_one() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: usize| {
            // xorshift64 (Marsaglia, 2003)
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below as u64) as usize
        };
        for _ in 0..2000 {
            let mut text = |length: usize| -> Vec<u8> {
                let alphabet = b"abA \xe4\xbd\xa0\0";
                (0..random(length))
                    .map(|_| alphabet[random(alphabet.len())])
                    .collect()
            };
            let (expected, came) = (text(20), text(60));
            if let Some(Difference { start, agrees, end }) = closest(&expected, &came) {
                assert!(start <= end && end <= came.len(), "{expected:x?} {came:x?}");
                assert_eq!(expected[..agrees], came[start..start + agrees]);
                let more = (expected.get(agrees), came.get(start + agrees));
                assert!(
                    more.0.is_none() || more.0 != more.1,
                    "{expected:x?} {came:x?}"
                );
            }
        }
    }
}
