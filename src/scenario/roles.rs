//! Reads roles.

use crate::diagnostic::{Code, Place, Shape};
use crate::wire::Encoding;

use super::conventions::{Layers, unknown_variable};
use super::findings::Findings;
use super::forms::{Fields, fields};
use super::grammar::READIES;
use super::keys::{ANSWER, PROMPT, ROLE};
use super::model::{Answer, At, Ready, Role, Template, Value};
use super::pattern::{Expected, pattern};
use super::template::{Checked, Names, Refused, template};
use super::tree::{Entry, Node, Value as Tree};
use super::values::{boolean, check_name, list, map, one_or_more, plain, word, wrong_shape};

/// A role and the variables that it wants from `variables:` or `with:`.
#[derive(Clone, Debug)]
pub(super) struct ReadRole {
    pub(super) role: Role,
    pub(super) wants: Vec<At<String>>,
}

/// Reads the roles of all layers; of each key of a role, the last layer that has it counts.
pub(super) fn roles(
    layers: &Layers<'_>,
    encoding: Encoding,
    findings: &mut Findings,
) -> Vec<ReadRole> {
    let mut all: Vec<Vec<&Entry>> = Vec::new();
    for layer in layers {
        for entry in map(layer, findings).unwrap_or_default() {
            match all.iter_mut().find(|known| known[0].name == entry.name) {
                Some(known) => known.push(entry),
                None => all.push(vec![entry]),
            }
        }
    }
    all.iter()
        .filter_map(|entries| role(entries, encoding, findings))
        .collect()
}

fn role(entries: &[&Entry], encoding: Encoding, findings: &mut Findings) -> Option<ReadRole> {
    let first = entries.first()?;
    check_name(&first.name, &first.key, findings);
    let layers: Vec<Fields<'_>> = entries
        .iter()
        .filter_map(|entry| fields(&entry.value, &ROLE, findings))
        .collect();
    let last = |name| layers.iter().rev().find_map(|fields| fields.get(name));
    let mut names = RoleNames {
        file: false,
        encoding,
        wants: Vec::new(),
    };
    let mut role = Role {
        name: first.name.clone(),
        find: last("find").map_or(Vec::new(), |node| find(node, findings)),
        command: None,
        build: None,
        arguments: Vec::new(),
        environment: Vec::new(),
        terminal: last("terminal")
            .and_then(|node| boolean(node, findings))
            .unwrap_or(true),
        ready: last("ready").and_then(|node| ready(node, &mut names, findings)),
        answers: last("answers").map_or(Vec::new(), |node| answers(node, &mut names, findings)),
        reference: Vec::new(),
    };
    // What starts a program is UTF-8, whatever the program speaks.
    names.encoding = Encoding::Utf8;
    names.file = true;
    role.command = last("command").and_then(|node| command(node, &mut names, findings));
    role.build = last("build").and_then(|node| command(node, &mut names, findings));
    role.arguments = last("arguments").map_or(Vec::new(), |node| {
        let items = list(node, findings).unwrap_or_default();
        texts(items, &mut names, findings)
    });
    names.file = false;
    role.environment =
        last("environment").map_or(Vec::new(), |node| environment(node, &mut names, findings));
    role.reference = last("reference").map_or(Vec::new(), |node| {
        texts(one_or_more(node), &mut names, findings)
    });
    Some(ReadRole {
        role,
        wants: names.wants,
    })
}

/// Reads a command that is no part of a file; `variables` are those that it may use beside its own.
pub(super) fn by_hand(
    node: &Node,
    variables: &[&str],
    findings: &mut Findings,
) -> Option<Template> {
    let mut names = RoleNames {
        file: true,
        encoding: Encoding::Utf8,
        wants: Vec::new(),
    };
    let template = command(node, &mut names, findings);
    for At { value: name, place } in names.wants {
        if !variables.contains(&name.as_str()) {
            findings.error(unknown_variable(&name, variables.iter().copied()), place);
        }
    }
    template
}

fn find(node: &Node, findings: &mut Findings) -> Vec<String> {
    let mut globs = Vec::new();
    for item in one_or_more(node) {
        if let Some(glob) = plain(item, findings) {
            if glob.is_empty() {
                findings.error(Code::Nothing, item.place());
            } else if !super::values::is_inner_file(&glob) {
                findings.error(Code::BadFileName { name: glob }, item.place());
            } else {
                globs.push(glob);
            }
        }
    }
    globs
}

fn command(node: &Node, names: &mut RoleNames, findings: &mut Findings) -> Option<Template> {
    if node.text().is_some_and(|text| text.trim().is_empty()) {
        findings.error(Code::Nothing, node.place());
    }
    template(node, names, findings)
}

fn texts(items: &[Node], names: &mut RoleNames, findings: &mut Findings) -> Vec<Template> {
    items
        .iter()
        .filter_map(|item| template(item, names, findings))
        .collect()
}

fn environment(
    node: &Node,
    names: &mut RoleNames,
    findings: &mut Findings,
) -> Vec<(String, Template)> {
    let mut environment = Vec::new();
    for entry in map(node, findings).unwrap_or_default() {
        // environ(7): a name without `=`, and nothing holds a NUL byte.
        if entry.name.is_empty() || entry.name.contains(['=', '\0']) {
            let found = entry.name.clone();
            findings.error(Code::BadName { found }, entry.key.place());
        }
        if let Some(value) = template(&entry.value, names, findings) {
            environment.push((entry.name.clone(), value));
        }
    }
    environment
}

fn ready(node: &Node, names: &mut RoleNames, findings: &mut Findings) -> Option<Ready> {
    match &node.value {
        Tree::Map(_) => {
            let prompt = fields(node, &PROMPT, findings)?.get("prompt")?;
            pattern(prompt, Expected::Prompt, names, &mut Vec::new(), findings).map(Ready::Prompt)
        }
        Tree::Text { .. } => word(node, READIES, findings),
        Tree::Nothing | Tree::List(_) => {
            wrong_shape(node, &[Shape::Text, Shape::Map], findings);
            None
        }
    }
}

fn answers(node: &Node, names: &mut RoleNames, findings: &mut Findings) -> Vec<Answer> {
    let mut answers = Vec::new();
    for item in list(node, findings).unwrap_or_default() {
        let Some(fields) = fields(item, &ANSWER, findings) else {
            continue;
        };
        let asks = fields
            .get("asks")
            .and_then(|asks| pattern(asks, Expected::Prompt, names, &mut Vec::new(), findings));
        let reply = fields
            .get("reply")
            .and_then(|reply| template(reply, names, findings));
        if let (Some(asks), Some(reply)) = (asks, reply) {
            answers.push(Answer { asks, reply });
        }
    }
    answers
}

/// What the texts of a role may use. Which variables there are depends on the scenario: they are only noted.
struct RoleNames {
    file: bool,
    encoding: Encoding,
    wants: Vec<At<String>>,
}

impl Names for RoleNames {
    fn check(&mut self, value: &Value, place: &dyn Fn() -> Place) -> Checked {
        const KNOWN: &[&str] = &["ip", "port", "quit", "form", "actor"];
        match value {
            Value::Quoted(_) | Value::Token(_) => Ok(()),
            Value::Name(name) if KNOWN.contains(&name.as_str()) => Ok(()),
            Value::Name(name) if name == "file" && self.file => Ok(()),
            Value::Name(name) if super::grammar::BUILT_IN.contains(&name.as_str()) => {
                Refused::new(unknown_variable(name, std::iter::empty()))
            }
            Value::Name(name) => {
                self.wants.push(At {
                    value: name.clone(),
                    place: place(),
                });
                Ok(())
            }
            Value::OfActor(actor, field) => {
                let name = format!("{actor}.{field}");
                Refused::new(Code::NotHere { name })
            }
        }
    }

    fn value(&self, _: &str) -> Option<&str> {
        None
    }

    fn encoding(&self) -> Encoding {
        self.encoding
    }
}
