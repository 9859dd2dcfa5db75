//! The report for programs: JSON, and its schema.
//!
//! The form is that of [`RunReport`]: what changes there changes here, and then the version must change.

use crate::verdict::RunReport;

/// `report` as JSON with a line end behind it.
pub fn json(report: &RunReport) -> String {
    // Plain values of strings, numbers and lists: there is nothing in them that serde_json can't write.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of what [`json`] writes.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(RunReport).to_value()
}
