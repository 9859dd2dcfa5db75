//! Whether what is expected has come.

use super::{ExitStatus, Pattern};

/// What is known of a stream: what is unread and whether more can come.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// What has come and was not yet consumed.
    pub unread: &'a [u8],
    /// The stream has ended: nothing more can come.
    pub ended: bool,
    /// It has ended by a reset.
    pub reset: bool,
    /// The program has ended like this.
    pub exited: Option<ExitStatus>,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It came.
    Match {
        /// Where in the unread bytes it begins.
        start: usize,
        /// One past its end: up to here the stream is consumed.
        end: usize,
        /// Named groups and what they caught.
        captures: Vec<(String, Vec<u8>)>,
        /// `false`: it reaches the end of what has come, and more could make it longer.
        settled: bool,
    },
    /// It has not come, but still could.
    NotYet,
    /// Whatever comes now, it can't be that (`exactly` after other bytes; anything but an exit on an ended stream).
    Impossible,
}

/// Looks for `pattern` in what is known of a stream.
pub fn search(_pattern: &Pattern, _search: &Search<'_>) -> Found {
    Found::NotYet
}
