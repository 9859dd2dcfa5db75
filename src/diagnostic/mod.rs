//! Places in files and what is wrong there: code and arguments.
//!
//! Must not hold sentences (they live in `report`) and must not know any other module.

mod localized;
mod place;

pub use localized::{Language, Localized};
pub use place::{Place, Span};
