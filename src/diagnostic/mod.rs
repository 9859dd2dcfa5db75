//! Places in files and what is wrong there: code and arguments.
//!
//! Must not hold sentences (they live in `report`) and must not know any other module.

mod code;
mod localized;
mod place;

pub use code::{Code, Mistake, Party, Shape};
pub use localized::{Language, Localized};
pub use place::{Place, Span};

use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file can't be used.
    Error,
    /// It can be used, but is hardly what its author meant.
    Warning,
}

/// What is wrong in a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub code: Code,
    /// Where. Line 0: the file as a whole, with nothing to show of it.
    pub place: Place,
    /// Other places that have a part in it, such as the first of two equal names.
    pub related: Vec<Place>,
}
