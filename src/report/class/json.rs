//! The class for programs: JSON, and its schema.
//!
//! The form is that of [`Class`]: what changes there changes here, and then the version must change.

use crate::grading::Class;

/// `class` as JSON with a line end behind it.
pub fn class_json(class: &Class) -> String {
    // Plain values of strings, numbers and lists: there is nothing in them that serde_json can't write.
    let mut text = serde_json::to_string_pretty(class).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of what [`class_json`] writes.
pub fn class_schema() -> serde_json::Value {
    schemars::schema_for!(Class).to_value()
}
