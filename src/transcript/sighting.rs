//! What of a stream is looked at, and what is seen there: between the search and the kinds of patterns.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::{ExitStatus, MessageKind};

/// What is known of a stream, or of one message.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) unread: &'a [u8],
    /// Nothing more can come.
    pub(super) ended: bool,
    pub(super) reset: bool,
    pub(super) exited: Option<ExitStatus>,
    /// It is a whole message: lines in it settle nothing, and its end is not that of a stream.
    pub(super) whole: bool,
    /// What the message is; a stream is text.
    pub(super) kind: MessageKind,
}

/// What is seen of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Hit(Hit),
    NotYet,
    Impossible,
}

/// Where a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) captures: Vec<(String, Range<usize>)>,
    /// Nothing that comes can change it; or a line ends at `known`.
    pub(super) settled: bool,
    /// The fewest lines that hold it: these bytes from the front. Behind a line end, or all there are.
    pub(super) known: usize,
}

impl<'a> View<'a> {
    /// What is to be said where there is no match.
    pub(super) fn nothing(&self) -> Look {
        if self.ended {
            Look::Impossible
        } else {
            Look::NotYet
        }
    }

    /// A match that nothing can change.
    pub(super) fn settled(&self, start: usize, end: usize) -> Look {
        Look::Hit(Hit {
            start,
            end,
            captures: Vec::new(),
            settled: true,
            known: self.line_end(end),
        })
    }

    /// The same as it was when only so many bytes had come.
    pub(super) fn upto(&self, end: usize) -> View<'a> {
        View {
            unread: &self.unread[..end],
            ended: self.ended && end == self.unread.len(),
            ..*self
        }
    }

    /// Where the line ends in which the byte before `offset` is; all there is if it does not end, or in a message.
    pub(super) fn line_end(&self, offset: usize) -> usize {
        let from = offset.saturating_sub(1);
        match memchr(b'\n', &self.unread[from..]) {
            Some(more) if !self.whole => from + more + 1,
            _ => self.unread.len(),
        }
    }

    /// Whether a line ends at this offset.
    pub(super) fn is_line_end(&self, offset: usize) -> bool {
        self.unread[..offset].ends_with(b"\n")
    }

    /// The fewest lines, of at least `least` bytes, of which `holds` is true: behind a line end, or all there are.
    ///
    /// Takes for granted that what holds of some lines holds with more lines too.
    pub(super) fn fewest_lines(
        &self,
        least: usize,
        holds: impl Fn(&View<'a>) -> bool,
    ) -> Option<usize> {
        let first = self.line_end(least);
        if holds(&self.upto(first)) {
            return Some(first);
        }
        let all = self.unread.len();
        if self.whole || first == all || !holds(self) {
            return None;
        }
        let ends: Vec<usize> = memchr_iter(b'\n', &self.unread[first..])
            .map(|offset| first + offset + 1)
            .collect();
        let fewer = ends.partition_point(|&end| !holds(&self.upto(end)));
        Some(ends.get(fewer).copied().unwrap_or(all))
    }
}
