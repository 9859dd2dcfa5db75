//! Pages for a browser, each one file that loads nothing: a submission with the drawings of its transcripts, and a class.
//!
//! All that is told is in the file as text and drawings; the script only moves and switches. Must not put a byte of a student anywhere but
//! into text (see [`markup`]), nor hold sentences (see `words`).

mod class;
mod difference;
mod document;
mod happened;
mod lanes;
mod markup;
mod matrix;
mod payload;
mod reason;
mod section;
mod single;
mod spread;
mod steps;
mod submission;

pub use class::class_page;
pub use single::scenario_page;
pub use submission::submission_page;
