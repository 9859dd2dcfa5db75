//! Reads labs: `lab.yaml` and the scenarios that it lists, or a single scenario. [`super::assembly`] puts them together.

use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Code, Diagnostic};

use super::assembly::assemble;
use super::files::{LAB_FILE, LabFiles, Unread, read, shown};
use super::findings::Findings;
use super::listed::{Listed, listed};
use super::model::Lab;
use super::overrides::Overrides;
use super::tree::parse;

/// Reads `lab.yaml` and all scenarios that it lists. `shown_as` is what the user calls the lab's folder.
///
/// # Errors
///
/// Everything that is wrong in these files, as far as it can be found in one go.
pub fn read_lab(
    files: &LabFiles,
    shown_as: &str,
    overrides: &Overrides,
) -> Result<Lab, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let lab = whole_lab(files, shown_as, overrides, &mut findings);
    finish(lab, findings)
}

/// Reads a single scenario file. A `lab.yaml` beside it gives roles, conventions and variables, and what the scenario
/// is worth if it lists it.
///
/// # Errors
///
/// Everything that is wrong in these files, as far as it can be found in one go.
pub fn read_scenario(path: &Path, overrides: &Overrides) -> Result<Lab, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let lab = single(path, overrides, &mut findings);
    finish(lab, findings)
}

fn finish(lab: Option<Lab>, findings: Findings) -> Result<Lab, Vec<Diagnostic>> {
    match lab {
        Some(lab) if findings.count() == 0 => Ok(lab),
        _ => Err(findings.into_sorted()),
    }
}

fn whole_lab(
    files: &LabFiles,
    shown_as: &str,
    overrides: &Overrides,
    findings: &mut Findings,
) -> Option<Lab> {
    let shown = |file: &str| shown(shown_as, file);
    let source = files.read(LAB_FILE, &shown(LAB_FILE));
    let source = source.map_err(|unread| report(*unread, findings)).ok()?;
    let mut digest = Sha256::new();
    add(&mut digest, LAB_FILE, &source.text);
    let root = parse(&source, findings)?;
    let listed = listed(&root, findings);
    let mut scenarios = Vec::new();
    for listed in listed {
        let shown = shown(&listed.file);
        match files.read(&listed.file, &shown) {
            Ok(source) => {
                add(&mut digest, &listed.file, &source.text);
                let node = parse(&source, findings);
                scenarios.extend(node.map(|node| (listed, shown, node)));
            }
            // The mistake is in the line that names the file.
            Err(unread) if matches!(unread.code, Code::NotFound { .. }) => {
                findings.error(unread.code, listed.place);
            }
            Err(unread) => report(*unread, findings),
        }
    }
    let mut lab = assemble(Some(&root), scenarios, true, overrides, findings)?;
    lab.digest = HEXLOWER.encode(&digest.finalize());
    Some(lab)
}

/// Lengths go before names and texts, so that no two labs look the same.
fn add(digest: &mut Sha256, name: &str, text: &str) {
    for part in [name, text] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
}

fn single(path: &Path, overrides: &Overrides, findings: &mut Findings) -> Option<Lab> {
    let shown = path.display().to_string();
    let beside = path.with_file_name(LAB_FILE);
    let lab = match read(&beside, &beside.display().to_string()) {
        Ok(source) => Some(parse(&source, findings)?),
        Err(unread) if matches!(unread.code, Code::NotFound { .. }) => None,
        Err(unread) => {
            report(*unread, findings);
            None
        }
    };
    let file = path.file_name().and_then(|name| name.to_str());
    let known = lab.as_ref().map_or(Vec::new(), |lab| listed(lab, findings));
    let mut known = known.into_iter();
    let listed = known.find(|listed| Some(listed.file.as_str()) == file);
    let source = read(path, &shown).map_err(|unread| report(*unread, findings));
    let source = source.ok()?;
    let mut digest = Sha256::new();
    add(&mut digest, &shown, &source.text);
    let node = parse(&source, findings)?;
    let listed = listed.unwrap_or_else(|| Listed::unlisted(&shown));
    let scenarios = vec![(listed, shown, node)];
    let mut lab = assemble(lab.as_ref(), scenarios, false, overrides, findings)?;
    lab.digest = HEXLOWER.encode(&digest.finalize());
    Some(lab)
}

fn report(unread: Unread, findings: &mut Findings) {
    findings.error(unread.code, unread.place);
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{read_lab, read_scenario};
    use crate::scenario::{Lab, LabFiles, Overrides, Step, StepKind, shipped_lab, shipped_labs};
    use crate::wire::{Encoding, Framing};

    const LANGUAGE: &str = include_str!("../../docs/language.md");

    /// The YAML blocks of a page.
    fn blocks(page: &str) -> Vec<String> {
        let fences = page.split("```yaml\n").skip(1);
        fences
            .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn the_examples_of_the_language_page_can_be_read() {
        let mut blocks = blocks(LANGUAGE);
        assert_eq!(
            blocks.len(),
            5,
            "a lab, a scenario, a line with faults, steps with conditions, and how a scenario begins"
        );
        let rest = blocks[1].strip_prefix("viva: 1\n").unwrap();
        blocks[1] = format!("{}{rest}", blocks[4]);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lab.yaml"), &blocks[0]).unwrap();
        fs::write(folder.path().join("broadcast.yaml"), &blocks[1]).unwrap();
        for name in ["join", "vanish"] {
            let text = blocks[1].replace("scenario: broadcast", &format!("scenario: {name}"));
            fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
        }
        let files = LabFiles::Folder(folder.path().to_owned());
        let lab = read_lab(&files, "hub", &Overrides::default()).unwrap();
        assert_eq!(lab.scenarios.len(), 3);
        assert_eq!(lab.scenarios[1].needs, ["join"]);
        let alone = folder.path().join("broadcast.yaml");
        let lab = read_scenario(&alone, &Overrides::default()).unwrap();
        assert_eq!(lab.scenarios.len(), 1);
        assert_eq!(lab.scenarios[0].points, 4.0);
        let before_its_steps = blocks[1].split("steps:\n").next().unwrap();
        fs::write(&alone, format!("{before_its_steps}{}", blocks[3])).unwrap();
        let lab = read_lab(&files, "hub", &Overrides::default()).unwrap();
        assert_eq!(lab.scenarios[1].scenario.steps.len(), 5);
        let before_its_cast = blocks[1].split("cast:\n").next().unwrap();
        let over_udp = before_its_cast
            .replace("conventions: { }", "conventions: { transport: udp }")
            .replace(
                "roles: { }",
                "roles: { client: { reference: udp-chat-client } }",
            );
        fs::write(&alone, format!("{over_udp}{}", blocks[2])).unwrap();
        let lab = read_lab(&files, "hub", &Overrides::default()).unwrap();
        assert_eq!(lab.scenarios[1].scenario.steps.len(), 3);
    }

    #[test]
    fn the_shipped_labs_can_be_read() {
        for name in shipped_labs() {
            let files = shipped_lab(name).unwrap();
            let lab = read_lab(&files, name, &Overrides::default());
            let lab = lab.unwrap_or_else(|found| panic!("{found:#?}"));
            assert_eq!(lab.name, name);
        }
    }

    const LAB: &str = "
viva: 1
lab: lab
variables: { size: lab, color: lab, place: lab, mood: lab }
conventions: { message: line, quit: lab, port: 1 }
roles:
  server: { find: lab.py, terminal: false, arguments: [\"${size}\"] }
scenarios:
  - { use: one.yaml, points: 2.5, needs: two, kind: robustness }
  - { use: two.yaml }
";

    const ONE: &str = "
viva: 1
scenario: one
variables: { color: scenario, place: scenario, mood: scenario }
conventions: { quit: scenario, port: 2, encoding: gbk }
roles: { server: { find: scenario.py } }
cast: { server: { role: server } }
steps: [ { server: { expect: a } } ]
";

    const TWO: &str = "
viva: 1
scenario: two
cast: { server: { role: server }, alice: { connects: server } }
steps:
  - alice: { send: a }
  - any_order:
      - alice: { expect: a, as: first }
      - alice: { expect: b }
  - server: { expect: c }
finally:
  - alice: { close: true }
";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("lab.yaml", LAB), ("one.yaml", ONE), ("two.yaml", TWO)] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn read(overrides: &Overrides) -> Lab {
        let folder = folder();
        let files = LabFiles::Folder(folder.path().to_owned());
        read_lab(&files, "shown/", overrides).unwrap()
    }

    #[test]
    fn what_is_nearer_to_the_run_counts() {
        let submission = "
variables: { place: submission, mood: submission }
conventions: { port: 3 }
roles: { server: { find: submission.py } }
";
        let set = [
            ("mood", "set"),
            ("quit", "first"),
            ("quit", "set"),
            ("message", "nul"),
        ];
        let overrides = Overrides {
            set: set
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            submission: Some(("viva.yaml".to_owned(), submission.to_owned())),
        };
        let lab = read(&overrides);
        let one = &lab.scenarios[0].scenario;
        let pairs = |variables: &[(String, String)]| -> Vec<String> {
            let pairs = variables
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            pairs.collect()
        };
        assert_eq!(
            pairs(&one.variables),
            ["size=lab", "color=scenario", "place=submission", "mood=set"]
        );
        assert_eq!(
            pairs(&lab.variables),
            ["size=lab", "color=lab", "place=submission", "mood=set"]
        );
        assert_eq!(one.conventions.message, Framing::Nul);
        assert_eq!(one.conventions.quit, "set");
        assert_eq!(one.conventions.port, 3);
        assert_eq!(one.conventions.encoding, Encoding::Gbk);
        assert_eq!(lab.conventions.encoding, Encoding::Utf8);
        // Of a role, each key by itself.
        assert_eq!(one.roles[0].find, ["submission.py"]);
        assert!(!one.roles[0].terminal);
        assert_eq!(one.roles[0].arguments.len(), 1);
        let plain = read(&Overrides::default());
        assert_eq!(plain.scenarios[0].scenario.conventions.quit, "scenario");
        assert_eq!(plain.scenarios[0].scenario.roles[0].find, ["scenario.py"]);
        assert_eq!(plain.scenarios[1].scenario.roles[0].find, ["lab.py"]);
    }

    #[test]
    fn worth_and_needs_come_from_the_lab() {
        let lab = read(&Overrides::default());
        let [one, two] = lab.scenarios.as_slice() else {
            panic!("two scenarios");
        };
        assert_eq!((one.points, one.robustness), (2.5, true));
        assert_eq!(one.needs, ["two"]);
        assert_eq!((two.points, two.robustness), (1.0, false));
        assert_eq!(one.scenario.file, "shown/one.yaml");
        let folder = folder();
        let alone = folder.path().join("one.yaml");
        let alone = read_scenario(&alone, &Overrides::default()).unwrap();
        assert_eq!(alone.name, "lab");
        assert_eq!((alone.scenarios.len(), alone.scenarios[0].points), (1, 2.5));
        assert_eq!(alone.scenarios[0].needs, ["two"]);
    }

    #[test]
    fn a_scenario_can_stand_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("any-name.yaml");
        fs::write(&file, ONE).unwrap();
        let lab = read_scenario(&file, &Overrides::default()).unwrap();
        assert_eq!(lab.name, "");
        assert_eq!(lab.scenarios[0].points, 1.0);
        assert_eq!(lab.roles.len(), 1);
        assert_eq!(lab.conventions.port, 2);
    }

    #[test]
    fn steps_are_numbered_as_they_are_read() {
        let lab = read(&Overrides::default());
        let two = &lab.scenarios[1].scenario;
        let numbers = |steps: &[Step]| steps.iter().map(|step| step.number).collect::<Vec<_>>();
        assert_eq!(numbers(&two.steps), [1, 2, 4]);
        let StepKind::AnyOrder(members) = &two.steps[1].kind else {
            panic!("a group");
        };
        assert_eq!(numbers(members), [2, 3]);
        assert_eq!(numbers(&two.finally), [5]);
        let place = &two.steps[0].place;
        assert_eq!((place.line, place.column, place.width), (6, 12, 11));
        assert_eq!(place.excerpt, "  - alice: { send: a }");
    }
}
