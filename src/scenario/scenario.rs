//! Reads one scenario file, in its surroundings.

use std::borrow::Cow;
use std::time::Duration;

use crate::diagnostic::Code;
use crate::wire::Encoding;

use super::cast::actors;
use super::content::files;
use super::conventions::{conventions, variables};
use super::findings::Findings;
use super::forms::fields;
use super::grammar::Kind;
use super::heading::{title, version};
use super::keys::{CONVENTIONS, SCENARIO};
use super::model::{Scenario, When};
use super::overrides::Changes;
use super::roles::{ReadRole, roles};
use super::similar::similar;
use super::steps::{Stage, steps};
use super::tree::{Node, Value};
use super::values::{duration, localized, map, name, one_or_more, plain, unknown_word};

const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);
const DEFAULT_LIMIT: Duration = Duration::from_secs(60);

/// What a scenario stands in.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'n> {
    pub(super) lab: Option<&'n Node>,
    pub(super) changes: &'n Changes,
    /// The lab's roles with what changes them, as they are read in this encoding.
    pub(super) roles: &'n [ReadRole],
    pub(super) encoding: Encoding,
}

impl<'n> Surroundings<'n> {
    /// All that say something under `key`: the lab, the scenario, and what changes both.
    fn layers(self, key: &str, scenario: &'n Node, changes: &'n [Node]) -> Vec<&'n Node> {
        let lab = self.lab.and_then(|lab| lab.get(key));
        let own = lab.into_iter().chain(scenario.get(key));
        own.chain(changes).collect()
    }
}

/// Reads a scenario; what is wrong is added to `findings`.
pub(super) fn scenario(
    root: &Node,
    shown: &str,
    surroundings: Surroundings<'_>,
    findings: &mut Findings,
) -> Option<Scenario> {
    let fields = fields(root, &SCENARIO, findings)?;
    version(fields.get("viva"), findings);
    let name = fields.get("scenario").and_then(|node| name(node, findings));
    let name = name.unwrap_or_default();
    let changes = surroundings.changes;
    let layers = surroundings.layers("variables", root, &changes.variables);
    let variables = variables(&layers, findings);
    let mut caught = Vec::new();
    let layers = surroundings.layers("conventions", root, &changes.conventions);
    let conventions = conventions(&layers, &variables, &mut caught, findings);
    let shared = fields.get("roles").is_none() && conventions.encoding == surroundings.encoding;
    let roles = if shared {
        Cow::Borrowed(surroundings.roles)
    } else {
        let layers = surroundings.layers("roles", root, &changes.roles);
        Cow::Owned(roles(&layers, conventions.encoding, findings))
    };
    let transport = conventions.transport;
    let cast = fields
        .get("cast")
        .map(|node| actors(node, &roles, transport, findings));
    let known = cast.as_ref().map_or(&[][..], |cast| &cast.actors);
    let mut stage = Stage::new(known, &variables, &conventions, caught);
    let members = cast.as_ref().map_or(Vec::new(), |cast| {
        cast.members(&roles, &variables, transport, &mut stage, findings)
    });
    let files = fields
        .get("files")
        .map_or(Vec::new(), |node| files(node, &mut stage, findings));
    let (steps, finally) = steps(
        fields.get("steps"),
        fields.get("finally"),
        &mut stage,
        findings,
    );
    if let Some(about) = fields.get("about") {
        localized(about, findings);
    }
    let time = |node: Option<&Node>, default, findings: &mut Findings| {
        node.and_then(|node| duration(node, findings))
            .unwrap_or(default)
    };
    Some(Scenario {
        title: title(fields.get("title"), &name, findings),
        name,
        file: shown.to_owned(),
        when: fields
            .get("when")
            .map_or(Vec::new(), |node| when(node, &variables, findings)),
        files,
        cast: members,
        steps,
        finally,
        hint: fields
            .get("hint")
            .and_then(|node| localized(node, findings))
            .unwrap_or_default(),
        deadline: time(fields.get("deadline"), DEFAULT_DEADLINE, findings),
        limit: time(fields.get("limit"), DEFAULT_LIMIT, findings),
        conventions,
        roles: roles.iter().map(|read| read.role.clone()).collect(),
        variables,
    })
}

fn when(node: &Node, variables: &[(String, String)], findings: &mut Findings) -> Vec<When> {
    let mut conditions = Vec::new();
    for entry in map(node, findings).unwrap_or_default() {
        let convention = CONVENTIONS.key(&entry.name);
        let words = match convention.map(|key| &key.kind) {
            Some(Kind::Word(words)) => Some(words()),
            _ => None,
        };
        // Of the other conventions these two are short enough to be compared.
        let convention = words.is_some() || ["quit", "port"].contains(&entry.name.as_str());
        let variable = variables.iter().any(|(name, _)| *name == entry.name);
        if !convention && !variable {
            let keys = CONVENTIONS.keys.iter().map(|key| key.name);
            let known = keys.chain(variables.iter().map(|(name, _)| name.as_str()));
            let code = Code::UnknownSetting {
                name: entry.name.clone(),
                similar: similar(&entry.name, known),
            };
            findings.error(code, entry.key.place());
        }
        let items = one_or_more(&entry.value);
        if items.is_empty() && matches!(entry.value.value, Value::List(_)) {
            findings.error(Code::Nothing, entry.value.place());
        }
        let mut values = Vec::new();
        for item in items {
            let Some(value) = plain(item, findings) else {
                continue;
            };
            if let Some(words) = &words
                && !words.contains(&value.as_str())
            {
                unknown_word(item, &value, words.iter().copied(), findings);
            }
            values.push(value);
        }
        conditions.push(When {
            name: entry.name.clone(),
            values,
        });
    }
    conditions
}
