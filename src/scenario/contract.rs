//! Reads a lab's contract: which of its known programs must fail where, and which mutants nobody can notice.

use crate::diagnostic::{Code, Diagnostic};

use super::files::LabFiles;
use super::files::shown;
use super::findings::Findings;
use super::forms::{Fields, fields};
use super::heading::version;
use super::keys::{CONTRACT, KNOWN_PROGRAM};
use super::model::Lab;
use super::mutation::Mutation;
use super::similar::similar;
use super::tree::{Node, parse};
use super::values::{boolean, file_name, map, one_or_more, plain, text, word};

/// The folder of a lab that holds its known programs.
pub const KNOWN: &str = "known";

/// The contract, in it.
const FILE: &str = "known/contract.yaml";

/// What is known of a lab's programs before they are run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// In the order of the file.
    pub programs: Vec<KnownProgram>,
    /// Conventions and variables with which the reference is examined and made wrong, one set after another; each scenario by
    /// the first with which it applies. None: as the lab is.
    pub settings: Vec<Vec<(String, String)>>,
    /// Mutants that may go unnoticed.
    pub survivors: Vec<Survivor>,
}

/// A program of which it is known where it fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownProgram {
    /// Its file, below [`KNOWN`].
    pub file: String,
    /// The role that it fills.
    pub role: String,
    /// Conventions and variables for it.
    pub set: Vec<(String, String)>,
    /// Scenarios that it must fail; none: it is right.
    pub must_fail: Vec<String>,
    /// Scenarios that it may also fail.
    pub may_fail: Vec<String>,
    /// It waits with a time limit where it goes wrong, so that only a deadline can tell.
    pub timed: bool,
}

/// A mutant that the scenarios can't tell from the right program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivor {
    /// The role that it fills.
    pub role: String,
    /// What it does.
    pub mutation: Mutation,
    /// Why that is no mistake by the lab sheet.
    pub why: String,
}

/// Reads the contract of a lab; without one it is empty.
///
/// # Errors
///
/// Everything that is wrong in it, as far as it can be found in one go.
pub fn read_contract(
    files: &LabFiles,
    shown_as: &str,
    lab: &Lab,
) -> Result<Contract, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let contract = contract(files, shown_as, lab, &mut findings);
    match contract {
        Some(contract) if findings.count() == 0 => Ok(contract),
        _ => Err(findings.into_sorted()),
    }
}

/// The same for somebody who has more to find.
pub(super) fn contract(
    files: &LabFiles,
    shown_as: &str,
    lab: &Lab,
    findings: &mut Findings,
) -> Option<Contract> {
    let source = match files.read(FILE, &shown(shown_as, FILE)) {
        Ok(source) => source,
        Err(unread) if matches!(unread.code, Code::NotFound { .. }) => {
            return Some(Contract::default());
        }
        Err(unread) => {
            findings.error(unread.code, unread.place);
            return None;
        }
    };
    let root = parse(&source, findings)?;
    let fields = fields(&root, &CONTRACT, findings)?;
    version(fields.get("viva"), findings);
    let mut contract = Contract::default();
    for entry in fields
        .get("programs")
        .and_then(|node| map(node, findings))
        .unwrap_or_default()
    {
        let there = file_name(&entry.key, findings).is_some_and(|file| {
            let there = files.holds(&format!("{KNOWN}/{file}"));
            if !there {
                let file = file.clone();
                findings.error(Code::NoKnownProgram { file }, entry.key.place());
            }
            there
        });
        let program = program(&entry.name, &entry.value, lab, findings);
        contract.programs.extend(program.filter(|_| there));
    }
    for node in fields.get("settings").map_or(&[][..], one_or_more) {
        contract.settings.extend(settings(node, findings));
    }
    for entry in fields
        .get("survivors")
        .and_then(|node| map(node, findings))
        .unwrap_or_default()
    {
        check_role(&entry.name, &entry.key, lab, findings);
        for survivor in map(&entry.value, findings).unwrap_or_default() {
            let mutation = word(&survivor.key, Mutation::ALL, findings);
            let why = plain(&survivor.value, findings);
            if let (Some(mutation), Some(why)) = (mutation, why) {
                contract.survivors.push(Survivor {
                    role: entry.name.clone(),
                    mutation,
                    why,
                });
            }
        }
    }
    Some(contract)
}

fn program(file: &str, node: &Node, lab: &Lab, findings: &mut Findings) -> Option<KnownProgram> {
    let fields = fields(node, &KNOWN_PROGRAM, findings)?;
    let role = fields.get("role").and_then(|node| {
        let role = plain(node, findings)?;
        check_role(&role, node, lab, findings);
        Some(role)
    });
    let set = fields.get("set").and_then(|node| settings(node, findings));
    let timed = fields.get("timed");
    let timed = timed.and_then(|node| boolean(node, findings));
    let mut scenarios = |key| scenarios(fields, key, lab, findings);
    Some(KnownProgram {
        file: file.to_owned(),
        role: role?,
        set: set.unwrap_or_default(),
        must_fail: scenarios("must_fail"),
        may_fail: scenarios("may_fail"),
        timed: timed.unwrap_or_default(),
    })
}

/// Conventions and variables, as they are written for the command line.
fn settings(node: &Node, findings: &mut Findings) -> Option<Vec<(String, String)>> {
    let set = map(node, findings)?.iter().filter_map(|entry| {
        let value = text(&entry.value, findings)?;
        Some((entry.name.clone(), value.to_owned()))
    });
    Some(set.collect())
}

fn check_role(role: &str, node: &Node, lab: &Lab, findings: &mut Findings) {
    let known = || lab.roles.iter().map(|role| role.name.as_str());
    if !known().any(|known| known == role) {
        let code = Code::UnknownRole {
            name: role.to_owned(),
            similar: similar(role, known()),
        };
        findings.error(code, node.place());
    }
}

fn scenarios(
    fields: Fields<'_>,
    key: &'static str,
    lab: &Lab,
    findings: &mut Findings,
) -> Vec<String> {
    let named = fields.get(key).map_or(&[][..], one_or_more);
    let named = named.iter().filter_map(|node| {
        let name = text(node, findings)?;
        let known = || {
            let entries = lab.scenarios.iter();
            entries.map(|entry| entry.scenario.name.as_str())
        };
        if !known().any(|known| known == name) {
            let code = Code::UnknownScenario {
                name: name.to_owned(),
                similar: similar(name, known()),
            };
            findings.error(code, node.place());
        }
        Some(name.to_owned())
    });
    named.collect()
}
