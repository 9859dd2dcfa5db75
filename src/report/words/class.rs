//! The marks of a class and the feedback for students, in words: what each language answers.

use crate::diagnostic::Language;
use crate::grading::{NoMark, Reason};
use crate::report::class::Telling;

/// A language's words for marks and feedback. Points come as texts.
pub(in crate::report) struct ClassWords {
    /// The mark: so much, of so much.
    pub(in crate::report) mark: fn(&str, &str) -> String,
    /// What a line of a mark's account is for, and how much it is.
    pub(in crate::report) mark_line: fn(&Reason, &str) -> String,
    /// What was earned in the part that may be seen (`None`: that could not be judged), of how much, and how much more there is.
    pub(in crate::report) visible_part: fn(Option<&str>, &str, &str) -> String,
    /// Why there is no mark, and the scenarios that are to blame, as far as they may be named.
    pub(in crate::report) no_mark: fn(&NoMark, &[&str]) -> String,
    /// Nothing was handed in.
    pub(in crate::report) nothing: &'static str,
    /// It can't be read or run: why.
    pub(in crate::report) unusable: fn(&str) -> String,
    /// Not run, for this scenario was not passed; `None`: one that must not be named.
    pub(in crate::report) skipped: fn(Option<&str>) -> String,
    /// It could not be judged.
    pub(in crate::report) trouble: &'static str,
    /// It passed in so many of so many runs.
    pub(in crate::report) unstable: fn(u32, u32) -> String,
    /// So many points were taken off for near misses.
    pub(in crate::report) deducted: fn(&str) -> String,
    /// What went wrong, as a clause.
    pub(in crate::report) telling: fn(&Telling) -> String,
    /// The lab gives no points, so there is no share of them.
    pub(in crate::report) no_points: &'static str,
    /// Something longer than its channel takes was cut.
    pub(in crate::report) cut: &'static str,
    /// Where so many of so many scenarios were passed.
    pub(in crate::report) passed_of: fn(usize, usize) -> String,
    /// The words of the table of a class.
    pub(in crate::report) table: TableWords,
    /// Those of a student's feedback.
    pub(in crate::report) sheet: SheetWords,
}

/// The words of the table of a class.
pub(in crate::report) struct TableWords {
    pub(in crate::report) who: &'static str,
    pub(in crate::report) mark: &'static str,
    pub(in crate::report) what: &'static str,
    pub(in crate::report) all_passed: &'static str,
    pub(in crate::report) no_mark: &'static str,
    pub(in crate::report) late: fn(Option<u64>) -> String,
    /// So many submissions, so many marks, the mean and the median of so much.
    pub(in crate::report) counted: fn(usize, usize) -> String,
    pub(in crate::report) middle: fn(&str, &str, &str) -> String,
    pub(in crate::report) distribution: &'static str,
    pub(in crate::report) misses: &'static str,
    /// So many of so many.
    pub(in crate::report) of: fn(usize, usize) -> String,
    pub(in crate::report) unstable: &'static str,
    pub(in crate::report) open: &'static str,
    pub(in crate::report) interrupted: &'static str,
    /// So many more than are shown.
    pub(in crate::report) more: fn(usize) -> String,
}

/// The words of a student's feedback.
pub(in crate::report) struct SheetWords {
    pub(in crate::report) title: &'static str,
    pub(in crate::report) scenarios: &'static str,
    pub(in crate::report) bonus: &'static str,
    /// So many runs, with the seed.
    pub(in crate::report) foot: fn(&str, &str) -> String,
}

/// The words of a language.
pub(in crate::report) fn class(language: Language) -> &'static ClassWords {
    match language {
        Language::English => &super::en::class::WORDS,
        Language::Chinese => &super::zh::class::WORDS,
    }
}
