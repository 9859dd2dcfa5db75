//! Puts a lab together from its parts that are read: what all scenarios share, what changes it, and each scenario in these
//! surroundings. Must not read files.

use std::path::Path;

use crate::diagnostic::{Code, Localized, Shape};

use super::conventions::{conventions, variables};
use super::findings::Findings;
use super::forms::fields;
use super::grading::grading;
use super::grammar::NEARS;
use super::heading::{title, version};
use super::keys::{DEDUCTION, LAB, POINTS};
use super::listed::Listed;
use super::model::{Conventions, Lab, LabEntry, Near};
use super::needs::{Needing, check_needs, check_twice};
use super::overrides::{Changes, Overrides, changes};
use super::roles::{ReadRole, roles};
use super::scenario::{Surroundings, scenario};
use super::tree::{Node, Value};
use super::values::{decimal, name, word, wrong_shape};

/// The lab of these scenarios. `whole`: these are all that it has.
pub(super) fn assemble(
    root: Option<&Node>,
    scenarios: Vec<(Listed, String, Node)>,
    whole: bool,
    overrides: &Overrides,
    findings: &mut Findings,
) -> Option<Lab> {
    let near = root.and_then(|root| root.get("near"));
    let near = near
        .and_then(|node| near_misses(node, findings))
        .unwrap_or_default();
    let mut lab = Lab {
        name: String::new(),
        title: Localized::default(),
        variables: Vec::new(),
        conventions: Conventions::default(),
        roles: Vec::new(),
        scenarios: Vec::new(),
        grading: grading(root.and_then(|root| root.get("grading")), findings),
        digest: String::new(),
    };
    if let Some(root) = root {
        let fields = fields(root, &LAB, findings)?;
        version(fields.get("viva"), findings);
        lab.name = fields
            .get("lab")
            .and_then(|node| name(node, findings))
            .unwrap_or_default();
        lab.title = title(fields.get("title"), &lab.name, findings);
    }
    let nodes = || {
        root.into_iter()
            .chain(scenarios.iter().map(|(.., node)| node))
    };
    let named = |key: &str| -> Vec<String> {
        let maps = nodes().filter_map(|node| node.get(key));
        let entries = maps.filter_map(|map| match &map.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        });
        entries.flatten().map(|entry| entry.name.clone()).collect()
    };
    let changes = changes(overrides, &named("variables"), &named("roles"), findings);
    let roles = shared(&mut lab, root, nodes(), &changes, findings);
    for (listed, shown, node) in &scenarios {
        let surroundings = Surroundings {
            lab: root,
            changes: &changes,
            roles: &roles,
            encoding: lab.conventions.encoding,
        };
        let Some(scenario) = scenario(node, shown, surroundings, findings) else {
            continue;
        };
        check_name(&scenario.name, node, listed, root.is_some(), findings);
        lab.scenarios.push(LabEntry {
            scenario,
            points: listed.points,
            robustness: listed.robustness,
            bonus: listed.bonus,
            visible: listed.visible,
            near,
            needs: listed.needs.iter().map(|(name, _)| name.clone()).collect(),
        });
    }
    let named = scenarios.iter().filter_map(|(listed, _, node)| {
        Some(Needing {
            name: node.get("scenario").filter(|name| name.text().is_some())?,
            needs: &listed.needs,
        })
    });
    let named: Vec<Needing<'_>> = named.collect();
    check_twice(&named, findings);
    if whole {
        check_needs(&named, findings);
    }
    if let (None, [alone]) = (root, lab.scenarios.as_slice()) {
        lab.variables = alone.scenario.variables.clone();
        lab.conventions = alone.scenario.conventions.clone();
        lab.roles = alone.scenario.roles.clone();
    }
    Some(lab)
}

/// What becomes of near misses.
fn near_misses(node: &Node, findings: &mut Findings) -> Option<Near> {
    match &node.value {
        Value::Map(_) => {
            let deduct = fields(node, &DEDUCTION, findings)?.get("deduct")?;
            decimal(deduct, &POINTS, findings).map(Near::Deduct)
        }
        Value::Text { .. } => word(node, NEARS, findings),
        Value::Nothing | Value::List(_) => {
            wrong_shape(node, &[Shape::Text, Shape::Map], findings);
            None
        }
    }
}

/// What the scenarios share: conventions, variables and the roles, which are returned.
fn shared<'n>(
    lab: &mut Lab,
    root: Option<&'n Node>,
    all: impl Iterator<Item = &'n Node>,
    changes: &'n Changes,
    findings: &mut Findings,
) -> Vec<ReadRole> {
    let layers = |key: &str, changes: &'n [Node]| -> Vec<&'n Node> {
        let own = root.and_then(|root| root.get(key));
        own.into_iter().chain(changes).collect()
    };
    lab.variables = variables(&layers("variables", &changes.variables), findings);
    // The handshake may use a variable that only the scenarios give a value.
    let everywhere: Vec<&Node> = all.filter_map(|node| node.get("variables")).collect();
    let everywhere = variables(&everywhere, findings);
    let layer = layers("conventions", &changes.conventions);
    lab.conventions = conventions(&layer, &everywhere, &mut Vec::new(), findings);
    let roles = roles(
        &layers("roles", &changes.roles),
        lab.conventions.encoding,
        findings,
    );
    lab.roles = roles.iter().map(|read| read.role.clone()).collect();
    roles
}

/// A scenario of a lab is called as its file.
fn check_name(name: &str, node: &Node, listed: &Listed, in_lab: bool, findings: &mut Findings) {
    let stem = Path::new(&listed.file).file_stem();
    if in_lab && stem.is_none_or(|stem| stem != name) {
        let place = node.get("scenario").unwrap_or(node).place();
        let code = Code::ScenarioNotAsFile {
            name: name.to_owned(),
            file: listed.file.clone(),
        };
        findings.error(code, place);
    }
}
