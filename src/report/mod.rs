//! Values in, bytes out: one file per format, and every sentence that Viva says, in English and Chinese.
//!
//! Must not read or write files, ask the clock or the terminal, or know the engine: what it is given is all it knows. What
//! a student's program made never reaches a terminal as it is: [`page`] lets no control character through, whoever put
//! it there, and everything is capped, so that a report stays short and quick whatever the size of its input.

mod about;
mod calibration;
mod cells;
mod changes;
mod class;
mod comparison;
mod contrast;
mod doctor;
mod drawing;
mod gradebook;
mod grading;
mod html;
mod json;
mod lint;
mod listing;
mod making;
mod merging;
mod page;
mod problem;
mod recording;
mod roll;
mod rows;
mod saved;
mod scenario;
mod shell;
mod summary;
mod visible;
mod words;

use crate::diagnostic::Language;

pub use calibration::{calibration, calibration_json};
pub use changes::{changes, changes_json};
pub use class::{
    Feedback, FeedbackZip, Junit, Platform, Readers, Surroundings, Tap, autolab, class_json,
    class_schema, class_summary, classroom50, github, github_summary, gradebook, gradescope,
    interrupted_class, markdown, prairielearn,
};
pub use doctor::{Checkup, Cost, LayerCheck, Measured, checkup, checkup_json, checkup_schema};
pub use gradebook::{gradebook_comment, gradebook_filled};
pub use grading::{GradingProblem, progress_of_class};
pub use html::{class_page, scenario_page, submission_page};
pub use json::{json, json_schema};
pub use lint::diagnostics;
pub use listing::{Listed, heading, in_order, listing};
pub use making::{MadeFor, made_for, new_lab};
pub use merging::merged;
pub use problem::{Problem, problem};
pub use recording::{came, help, kept, misread, opening, prompt, refused, unkept};
pub use roll::{roll, roll_json, roll_schema};
pub use saved::{LoadError, load, load_error, save, show};
pub use scenario::scenario;
pub use summary::{Conclusion, concluded, progress_line, summary};

/// How a report for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With colours (SGR sequences). The text is the same without.
    pub color: bool,
    /// Columns; less than 60 counts as 60, more than 160 as 160.
    pub width: usize,
    /// In which language.
    pub language: Language,
}

impl Style {
    /// The width that reports keep to.
    fn columns(&self) -> usize {
        self.width.clamp(60, 160)
    }
}
