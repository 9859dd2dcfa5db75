//! Reads what a file holds, and the files that lie ready for the programs of a scenario.

use crate::diagnostic::{Code, Shape};

use super::findings::Findings;
use super::forms::fields;
use super::keys::BYTES;
use super::model::Content;
use super::template::{Names, template};
use super::tree::{Node, Value};
use super::values::{hex, is_inner_file, map, wrong_shape};

/// A text, or bytes.
pub(super) fn content(
    node: &Node,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<Content> {
    match &node.value {
        Value::Text { .. } => template(node, names, findings).map(Content::Text),
        Value::Map(_) => {
            let bytes = fields(node, &BYTES, findings)?.get("bytes")?;
            hex(bytes, findings).map(Content::Bytes)
        }
        Value::Nothing | Value::List(_) => {
            wrong_shape(node, &[Shape::Text, Shape::Map], findings);
            None
        }
    }
}

/// Files by their names below the programs' folder.
pub(super) fn files(
    node: &Node,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Vec<(String, Content)> {
    let mut files = Vec::new();
    for entry in map(node, findings).unwrap_or_default() {
        if !is_inner_file(&entry.name) {
            let name = entry.name.clone();
            findings.error(Code::BadFileName { name }, entry.key.place());
        }
        if let Some(content) = content(&entry.value, names, findings) {
            files.push((entry.name.clone(), content));
        }
    }
    files
}
