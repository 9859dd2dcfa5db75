//! Grades a class: finds the submissions, runs them, keeps a journal, and turns outcomes into marks.
//!
//! A value comes out ([`Class`]) that reports are made from. Must not print, must not judge a scenario itself (that is the engine's), and
//! must not hold sentences.

mod class;
mod crew;
mod footing;
mod gradebook;
mod journal;
mod marks;
mod schedule;

pub use class::{
    Attempt, Class, Column, Graded, Handin, Judged, Late, Mark, MarkLine, Member, NoMark, Reason,
    Role, Submitted, Visibility,
};
pub use crew::{Came, News, Plan, Stop, run};
pub use footing::Footing;
pub use gradebook::{Filled, Order, Unfillable, fill_gradebook};
pub use journal::{Journal, JournalError, Owner, replace, stamp};
pub use marks::{columns, judged, mark};
pub use schedule::{Group, Schedule, Wanted, opens};
