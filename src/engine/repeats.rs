//! Whether what comes is the same thing over and over: the endless loop of somebody who does not see that nothing comes any more.

use crate::transcript::Data;
use crate::verdict::Note;

/// What comes must be so long, in bytes, before it is said to be nothing but repetition.
const LONG: usize = 64 << 10;

/// What is repeated is no longer than this, in bytes.
const LONGEST: usize = 1 << 10;

/// A text that comes over and over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repeated {
    pub(super) unit: Vec<u8>,
    /// How many times it has come without anything between, as far as that can be told from the end.
    pub(super) times: usize,
}

impl Repeated {
    /// That it comes from this actor.
    pub(super) fn told_of(self, actor: String) -> Note {
        Note::Repeats {
            actor,
            text: Data(self.unit),
            times: self.times,
        }
    }
}

/// What the end of `bytes` repeats, if that is all that has come for a long time.
pub(super) fn repeated(bytes: &[u8]) -> Option<Repeated> {
    let end = &bytes[bytes.len().checked_sub(LONG)?..];
    let period = period(end).filter(|period| *period <= LONGEST)?;
    let mut start = bytes.len() - LONG;
    while start > 0 && bytes[start - 1] == bytes[start - 1 + period] {
        start -= 1;
    }
    Some(Repeated {
        unit: bytes[start..start + period].to_vec(),
        times: (bytes.len() - start) / period,
    })
}

/// The smallest distance at which `bytes` equals itself: what the failure function of Knuth, Morris and Pratt leaves of its length.
fn period(bytes: &[u8]) -> Option<usize> {
    let mut borders = vec![0; bytes.len()];
    let mut border = 0;
    for index in 1..bytes.len() {
        while border > 0 && bytes[index] != bytes[border] {
            border = borders[border - 1];
        }
        if bytes[index] == bytes[border] {
            border += 1;
        }
        borders[index] = border;
    }
    Some(bytes.len() - borders.last()?)
}

#[cfg(test)]
mod tests {
    use super::{LONG, LONGEST, Repeated, period, repeated};

    #[test]
    fn the_smallest_period_is_found() {
        assert_eq!(period(b"abcabcab"), Some(3));
        assert_eq!(period(b"aaaa"), Some(1));
        assert_eq!(period(b"abcd"), Some(4));
        assert_eq!(period(b""), None);
    }

    #[test]
    fn the_repeated_text_is_told_as_it_first_came() {
        let mut bytes = b"hello\n".to_vec();
        bytes.extend(b"anna : ".repeat(10_000));
        bytes.extend(b"an");
        let told = Repeated {
            unit: b"anna : ".to_vec(),
            times: 10_000,
        };
        assert_eq!(repeated(&bytes), Some(told));
    }

    #[test]
    fn what_is_short_or_varied_is_no_repetition() {
        assert_eq!(repeated(&b"x".repeat(LONG - 1)), None);
        let counted: Vec<u8> = (0..LONG)
            .flat_map(|n| format!("{n}\n").into_bytes())
            .collect();
        assert_eq!(repeated(&counted), None);
        let mut seldom = vec![b'x'; LONGEST + 1];
        seldom[0] = b'y';
        assert_eq!(repeated(&seldom.repeat(100)), None);
    }
}
