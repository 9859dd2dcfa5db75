//! Grades a class: finds the submissions, runs them, keeps a journal, and turns outcomes into marks.
//!
//! A value comes out ([`Class`]) that reports are made from. Must not print, must not judge a scenario itself (that is the engine's), and
//! must not hold sentences.

mod class;
mod comparison;
mod crew;
mod examination;
mod finding;
mod footing;
mod gradebook;
mod journal;
mod lateness;
mod marks;
mod merging;
mod schedule;
mod shard;

pub use class::{
    Attempt, Class, Column, Graded, Handin, Judged, Late, Mark, MarkLine, Member, NoMark, Reason,
    Role, Submitted, Visibility,
};
pub use comparison::{Changed, ChangedScenario, Comparison, Worth, compare};
pub use crew::{Came, News, Plan, Stop, run};
pub use examination::{Examination, Pick};
pub use finding::{
    Entry, FindError, Hindrance, Known, Odd, Oddity, OwnLab, Roll, Roster, RosterError, Row, Rules,
    Sources, Why, find, read_roster,
};
pub use footing::Footing;
pub use gradebook::{Filled, Order, Unfillable, fill_gradebook};
pub use journal::{Journal, JournalError, Owner, read_transcript, replace, replace_from};
pub use lateness::{LateError, tell_late};
pub use marks::{columns, judged, mark};
pub use merging::{MergeError, Merged, Part, merge};
pub use schedule::{Group, Schedule, Wanted, opens};
pub use shard::{Shard, ShardError};
