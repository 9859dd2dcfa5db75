//! What keeps a class from being graded, and how far it is while it is.

use crate::grading::{Entry, LateError, Mark};

use super::Style;
use super::page::{Page, Tone};
use super::visible::clipped;
use super::words;

/// A problem with what a class is graded from, or where its results go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GradingProblem {
    /// The result folder holds something else.
    NotAResultFolder {
        /// As typed.
        path: String,
    },
    /// The result folder belongs to another run.
    OtherRun {
        /// As typed.
        path: String,
        /// That run's lab.
        lab: String,
        /// Its part of the class.
        shard: Option<String>,
    },
    /// Another Viva is at work in the result folder.
    InUse {
        /// As typed.
        path: String,
    },
    /// Nobody in the class has this key.
    UnknownStudent {
        /// As typed.
        key: String,
        /// The keys there are.
        known: Vec<String>,
    },
    /// A result folder holds transcripts of many.
    WhoseTranscript {
        /// As typed.
        path: String,
    },
    /// Nothing of what somebody handed in was run, if anything was handed in.
    NothingRun {
        /// Whose.
        key: String,
    },
    /// The roster doesn't say how late somebody was.
    Late(LateError),
}

/// A line that says who of a class is done, and how it came out.
pub fn progress_of_class(
    done: usize,
    all: usize,
    entry: &Entry,
    mark: &Mark,
    style: &Style,
) -> String {
    let count = format!("{done}/{all}  ");
    let mut page = Page::new(style);
    page.line(&[
        (Tone::Faint, &count),
        (Tone::Plain, &clipped(entry.key.as_bytes(), 40)),
        (Tone::Plain, "  "),
        (Tone::Plain, &words::short_mark(mark, style.language)),
    ]);
    page.finish().trim_end().to_owned()
}
