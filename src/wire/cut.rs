//! How the bytes of one write are cut into segments.

/// How bytes are cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// Not at all.
    #[default]
    Whole,
    /// Byte by byte.
    Bytes,
    /// Every so many bytes, at least 1.
    Every(usize),
    /// At these offsets, rising.
    At(Vec<usize>),
}

impl Cut {
    /// The pieces, in order; none is empty.
    pub fn pieces<'a>(&self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        vec![bytes]
    }
}
