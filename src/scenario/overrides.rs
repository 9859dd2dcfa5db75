//! What a submission and the command line change about a lab.

use std::rc::Rc;

use serde_yaml::granit_parser::ScalarStyle;

use crate::diagnostic::{Code, Diagnostic, Span};

use super::files::decode;
use super::findings::Findings;
use super::forms::fields;
use super::keys::{CONVENTIONS, SUBMISSION};
use super::model::{CastMember, Lab, Template};
use super::roles::by_hand;
use super::similar::similar;
use super::source::Source;
use super::tree::{Entry, Node, Value, parse};

/// What stands in front of a setting in a diagnostic.
const SET: &str = "--set";
/// The same for a command that fills a role.
const ROLE: &str = "--role";

/// What changes a lab before it is run. The command line counts more than the submission, and that more than a
/// scenario's own `conventions:`, `variables:` and `roles:`, which count more than the lab's.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--set NAME=VALUE`: conventions or variables.
    pub set: Vec<(String, String)>,
    /// A submission's `viva.yaml`: its name as shown, and its text. It may hold `conventions:`, `variables:` and
    /// `roles:` (without `reference:`, so that nobody can hand in the built-in program).
    pub submission: Option<(String, String)>,
}

/// The same as trees, each a map.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) conventions: Vec<Node>,
    pub(super) variables: Vec<Node>,
    pub(super) roles: Vec<Node>,
}

/// Reads what changes a lab in which there are these variables and roles.
pub(super) fn changes(
    overrides: &Overrides,
    variables: &[String],
    roles: &[String],
    findings: &mut Findings,
) -> Changes {
    let mut changes = Changes::default();
    if let Some((shown, text)) = &overrides.submission {
        submission(shown, text, variables, roles, &mut changes, findings);
    }
    let mut conventions = Vec::new();
    let mut values = Vec::new();
    for (name, value) in &overrides.set {
        let entry = setting(SET, name, value);
        if CONVENTIONS.key(name).is_some() {
            replace(&mut conventions, entry);
        } else if variables.contains(name) {
            replace(&mut values, entry);
        } else {
            let keys = CONVENTIONS.keys.iter().map(|key| key.name);
            let code = Code::UnknownSetting {
                name: name.clone(),
                similar: similar(name, keys.chain(variables.iter().map(String::as_str))),
            };
            findings.error(code, entry.key.place());
        }
    }
    changes.conventions.extend(together(conventions));
    changes.variables.extend(together(values));
    changes
}

fn submission(
    shown: &str,
    text: &str,
    variables: &[String],
    roles: &[String],
    changes: &mut Changes,
    findings: &mut Findings,
) {
    let source = match decode(text.as_bytes(), shown) {
        Ok(source) => source,
        Err(unread) => return findings.error(unread.code, unread.place),
    };
    let Some(root) = parse(&source, findings) else {
        return;
    };
    let Some(fields) = fields(&root, &SUBMISSION, findings) else {
        return;
    };
    let known = |entries: &Node, known: &[String], findings: &mut Findings, role: bool| {
        let Value::Map(entries) = &entries.value else {
            return;
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.name)) {
            let name = entry.name.clone();
            let similar = similar(&name, known.iter().map(String::as_str));
            let code = match role {
                true => Code::UnknownRole { name, similar },
                false => Code::UnknownVariable { name, similar },
            };
            findings.error(code, entry.key.place());
        }
    };
    if let Some(node) = fields.get("variables") {
        known(node, variables, findings, false);
        changes.variables.push(node.clone());
    }
    if let Some(node) = fields.get("roles") {
        known(node, roles, findings, true);
        refuse_reference(node, findings);
        changes.roles.push(node.clone());
    }
    if let Some(node) = fields.get("conventions") {
        changes.conventions.push(node.clone());
    }
}

/// Reads a command from the command line that fills the role of this name; in it may stand what may stand in the role's own
/// `command:`.
pub fn read_command(role: &str, command: &str, lab: &Lab) -> Result<Template, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let entry = setting(ROLE, role, command);
    let mut known: Vec<&str> = lab
        .variables
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    for scenario in lab.scenarios.iter().map(|entry| &entry.scenario) {
        known.extend(scenario.variables.iter().map(|(name, _)| name.as_str()));
        for member in &scenario.cast {
            if let CastMember::Program { with, .. } = &member.value {
                known.extend(with.iter().map(|(name, _)| name.as_str()));
            }
        }
    }
    match by_hand(&entry.value, &known, &mut findings) {
        Some(template) if findings.count() == 0 => Ok(template),
        _ => Err(findings.into_sorted()),
    }
}

fn refuse_reference(roles: &Node, findings: &mut Findings) {
    let Value::Map(roles) = &roles.value else {
        return;
    };
    for role in roles {
        if let Value::Map(keys) = &role.value.value {
            for entry in keys.iter().filter(|entry| entry.name == "reference") {
                let key = entry.name.clone();
                findings.error(Code::NotInSubmission { key }, entry.key.place());
            }
        }
    }
}

/// A setting as an entry that knows where it stands: in a text of its own.
fn setting(option: &str, name: &str, value: &str) -> Entry {
    let source = Source::new(option, format!("{name}={value}"));
    let end = source.text.len();
    let node = |text: &str, start, end| Node {
        value: Value::Text {
            text: text.to_owned(),
            style: ScalarStyle::Plain,
        },
        span: Span { start, end },
        source: Rc::clone(&source),
    };
    Entry {
        name: name.to_owned(),
        key: node(name, 0, name.len()),
        value: node(value, name.len() + 1, end),
    }
}

// The last of several settings of one name counts, as everywhere on command lines.
fn replace(entries: &mut Vec<Entry>, entry: Entry) {
    entries.retain(|known| known.name != entry.name);
    entries.push(entry);
}

fn together(entries: Vec<Entry>) -> Option<Node> {
    let first = entries.first()?;
    Some(Node {
        span: first.key.span,
        source: Rc::clone(&first.key.source),
        value: Value::Map(entries),
    })
}
