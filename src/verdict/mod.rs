//! What is concluded: plain values, no behaviour beyond looking at themselves.
//!
//! Must not know how a scenario is run or read, and holds no sentences: misses, proofs and notes are codes with
//! arguments, put into words by `report`.

mod failure;
mod note;
mod result;
mod standing;
mod word;

pub use failure::{
    Actual, Difference, Expected, Failure, ListenerSeen, SocketSeen, Subject, Trouble,
};
pub use note::Note;
pub use result::{Kind, NotRun, Outcome, Remark, RunReport, ScenarioResult, StepRef, StepResult};
pub use standing::{Doing, Standing, Unproved, Unread};
pub use word::Word;
