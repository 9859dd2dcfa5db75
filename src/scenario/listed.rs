//! Reads what `lab.yaml` says of each of its scenarios: its file, its worth and its needs.

use crate::diagnostic::{Code, Place};

use super::findings::Findings;
use super::forms::fields;
use super::grammar::{VISIBLES, WORTHS};
use super::keys::{LISTED, POINTS};
use super::model::Visible;
use super::source::whole_file;
use super::tree::{Node, Value};
use super::values::{boolean, decimal, file_name, list, one_or_more, text, word};

/// A scenario that a lab lists.
pub(super) struct Listed {
    pub(super) file: String,
    pub(super) place: Place,
    pub(super) points: f64,
    pub(super) robustness: bool,
    pub(super) bonus: bool,
    pub(super) visible: Visible,
    pub(super) needs: Vec<(String, Place)>,
}

impl Listed {
    pub(super) fn unlisted(file: &str) -> Self {
        Listed {
            file: file.to_owned(),
            place: whole_file(file),
            points: 1.0,
            robustness: false,
            bonus: false,
            visible: Visible::Always,
            needs: Vec::new(),
        }
    }
}

/// The scenarios that a lab lists.
pub(super) fn listed(root: &Node, findings: &mut Findings) -> Vec<Listed> {
    let Some(node) = root.get("scenarios") else {
        return Vec::new();
    };
    let items = list(node, findings).unwrap_or_default();
    if items.is_empty() && matches!(node.value, Value::List(_)) {
        findings.error(Code::Nothing, node.place());
    }
    let listed = items.iter().filter_map(|item| {
        let fields = fields(item, &LISTED, findings)?;
        let file = fields.get("use");
        let points = fields.get("points");
        let points = points.map(|node| decimal(node, &POINTS, findings));
        let kind = fields.get("kind");
        let kind = kind.and_then(|node| word(node, WORTHS, findings));
        let bonus = fields.get("bonus");
        let bonus = bonus.and_then(|node| boolean(node, findings));
        let visible = fields.get("visible");
        let visible = visible.and_then(|node| word(node, VISIBLES, findings));
        let needs = fields.get("needs").map_or(&[][..], one_or_more);
        let needs = needs.iter().filter_map(|need| {
            let name = text(need, findings)?;
            Some((name.to_owned(), need.place()))
        });
        let needs = needs.collect();
        Some(Listed {
            file: file_name(file?, findings)?,
            place: file?.place(),
            points: points.flatten().unwrap_or(1.0),
            robustness: kind.unwrap_or_default(),
            bonus: bonus.unwrap_or_default(),
            visible: visible.unwrap_or_default(),
            needs,
        })
    });
    listed.collect()
}
