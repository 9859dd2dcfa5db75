//! What students read: whole reports of typical failures, compared with `tests/golden/report/*.txt`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test report` rewrites the files; read them aloud before you commit them.

mod golden;
mod messages;
mod programs;
mod runs;
mod safety;
mod story;
mod words;
