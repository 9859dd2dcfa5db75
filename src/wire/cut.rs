//! How the bytes of one write are cut into segments.

/// How bytes are cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// Not at all.
    #[default]
    Whole,
    /// Byte by byte.
    Bytes,
    /// Every so many bytes, at least 1 (0 is taken as 1).
    Every(usize),
    /// At these offsets, rising; what is beyond the end or does not rise is passed over.
    At(Vec<usize>),
}

impl Cut {
    /// The pieces, in order; none is empty, together they are `bytes`. Of no bytes there are no pieces.
    pub fn pieces<'a>(&self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        if bytes.is_empty() {
            return Vec::new();
        }
        match self {
            Cut::Whole => vec![bytes],
            Cut::Bytes => bytes.chunks(1).collect(),
            Cut::Every(size) => bytes.chunks((*size).max(1)).collect(),
            Cut::At(offsets) => {
                let mut pieces = Vec::new();
                let mut from = 0;
                for &offset in offsets {
                    if offset > from && offset < bytes.len() {
                        pieces.push(&bytes[from..offset]);
                        from = offset;
                    }
                }
                pieces.push(&bytes[from..]);
                pieces
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cut;

    fn cut(cut: Cut, text: &str) -> Vec<String> {
        cut.pieces(text.as_bytes())
            .into_iter()
            .map(|piece| String::from_utf8_lossy(piece).into_owned())
            .collect()
    }

    #[test]
    fn cuts_where_it_is_told() {
        let cases: &[(Cut, &str, &[&str])] = &[
            (Cut::Whole, "abcd", &["abcd"]),
            (Cut::Whole, "", &[]),
            (Cut::Bytes, "abc", &["a", "b", "c"]),
            (Cut::Bytes, "", &[]),
            (Cut::Every(2), "abcde", &["ab", "cd", "e"]),
            (Cut::Every(9), "abc", &["abc"]),
            (Cut::Every(0), "abc", &["a", "b", "c"]),
            (Cut::At(vec![1, 3]), "abcd", &["a", "bc", "d"]),
            (Cut::At(vec![]), "abcd", &["abcd"]),
            (Cut::At(vec![0, 4, 9]), "abcd", &["abcd"]),
            (Cut::At(vec![2, 2, 1, 3]), "abcd", &["ab", "c", "d"]),
            (Cut::At(vec![1]), "", &[]),
        ];
        for (how, text, pieces) in cases {
            assert_eq!(cut(how.clone(), text), *pieces, "{how:?} of {text:?}");
        }
    }
}
