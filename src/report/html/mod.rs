//! Pages for a browser, each one file that loads nothing: a submission with the drawings of its transcripts, and a class.
//!
//! All that is told is in the file as text and drawings; the script only moves and switches. Must not put a byte of a student anywhere but
//! into text (see [`markup`]), nor hold sentences (see `words`).

mod difference;
mod document;
mod lanes;
mod markup;
mod payload;
mod section;
mod single;
mod steps;

pub use single::scenario_page;
