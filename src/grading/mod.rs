//! Grades a class: finds the submissions, runs them, keeps a journal, and turns outcomes into marks.
//!
//! A value comes out ([`Class`]) that reports are made from. Must not print, must not judge a scenario itself (that is the engine's), and
//! must not hold sentences.

mod class;

pub use class::{
    Attempt, Class, Column, Graded, Handin, Judged, Late, Mark, MarkLine, NoMark, Reason, Role,
    Submitted, Visibility,
};
