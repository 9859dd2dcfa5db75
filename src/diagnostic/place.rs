//! Where something stands in a file.

use serde::{Deserialize, Serialize};

/// A stretch of a source text, in bytes; `start <= end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A span with everything that is needed to show it, so that no file has to be read again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column of the first marked character, from 1, in characters.
    pub column: usize,
    /// How many characters are marked in this line, at least 1.
    pub width: usize,
    /// The whole line, without its end.
    pub excerpt: String,
}
