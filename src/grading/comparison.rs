//! What changed between two gradings of a class, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::verdict::Outcome;

use super::class::{Class, Graded, Judged, MarkLine, Submitted};

/// What is different in the newer of two classes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Another Viva: old and new version.
    pub viva: Option<(String, String)>,
    /// The lab's files changed.
    pub lab: bool,
    /// Another seed: old and new.
    pub seed: Option<(String, String)>,
    /// Every mark that is not the same, in the new order; who is gone behind.
    pub changed: Vec<Changed>,
    /// How many marks are the same.
    pub same: usize,
}

/// A mark that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Whose.
    pub key: String,
    /// As people call it. Comes from students: any text may be in it.
    pub name: String,
    /// What it was; the outer `None`: it was not there.
    pub old: Option<Option<f64>>,
    /// What it is; the outer `None`: it is not there any more.
    pub new: Option<Option<f64>>,
    /// What was handed in is not the same.
    pub handed_in: bool,
    /// Scenarios that are worth something else now.
    pub scenarios: Vec<ChangedScenario>,
    /// Lines of the account that are only in the old mark, such as lateness or rounding.
    pub gone: Vec<MarkLine>,
    /// Lines of the account that are only in the new mark.
    pub come: Vec<MarkLine>,
}

/// A scenario that is worth something else now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedScenario {
    /// Its name.
    pub scenario: String,
    /// How it was.
    pub old: Option<Worth>,
    /// How it is.
    pub new: Option<Worth>,
}

/// How a scenario came out, in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Worth {
    /// `passed`, `failed`, `skipped`, `not_applicable`, `unstable` or `error`.
    pub verdict: String,
    /// What it earned.
    pub points: Option<f64>,
    /// Of how much.
    pub of: f64,
}

impl Worth {
    fn of(judged: &Judged) -> Self {
        let verdict = match &judged.outcome {
            _ if judged.is_unstable() => "unstable",
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::Skipped { .. } => "skipped",
            Outcome::NotApplicable { .. } => "not_applicable",
            Outcome::Error(_) => "error",
        };
        Worth {
            verdict: verdict.to_owned(),
            points: judged.points,
            of: judged.of,
        }
    }
}

/// What changed from `old` to `new`.
pub fn compare(old: &Class, new: &Class) -> Comparison {
    let differs =
        |one: &String, other: &String| (one != other).then(|| (one.clone(), other.clone()));
    let mut comparison = Comparison {
        viva: differs(&old.viva, &new.viva),
        lab: old.lab != new.lab || old.digest != new.digest,
        seed: differs(&old.seed, &new.seed),
        ..Comparison::default()
    };
    let find = |class: &'_ Class, key: &str| {
        let place = class
            .submissions
            .iter()
            .position(|graded| graded.key == key);
        place.map(|place| class.submissions[place].clone())
    };
    for graded in &new.submissions {
        match find(old, &graded.key) {
            Some(before) if before.mark.points == graded.mark.points => comparison.same += 1,
            before => comparison
                .changed
                .push(changed(before.as_ref(), Some(graded))),
        }
    }
    let gone = old
        .submissions
        .iter()
        .filter(|graded| find(new, &graded.key).is_none());
    comparison
        .changed
        .extend(gone.map(|graded| changed(Some(graded), None)));
    comparison
}

fn changed(old: Option<&Graded>, new: Option<&Graded>) -> Changed {
    let either = new.or(old);
    let mut changed = Changed {
        key: either.map_or(String::new(), |graded| graded.key.clone()),
        name: either.map_or(String::new(), |graded| graded.name.clone()),
        old: old.map(|graded| graded.mark.points),
        new: new.map(|graded| graded.mark.points),
        handed_in: false,
        scenarios: Vec::new(),
        gone: Vec::new(),
        come: Vec::new(),
    };
    // Of who is there only once nothing can have changed.
    if let (Some(old), Some(new)) = (old, new) {
        let (before, after) = (&old.mark.lines, &new.mark.lines);
        let without = |lines: &[MarkLine], others: &[MarkLine]| {
            let rest = lines.iter().filter(|line| !others.contains(line));
            rest.cloned().collect()
        };
        changed.handed_in = digest(old) != digest(new);
        changed.scenarios = scenarios(&old.results, &new.results);
        changed.gone = without(before, after);
        changed.come = without(after, before);
    }
    changed
}

fn digest(graded: &Graded) -> Option<&str> {
    match &graded.handed_in {
        Submitted::Files(handin) => Some(&handin.digest),
        Submitted::Nothing | Submitted::Unusable { .. } => None,
    }
}

fn scenarios(old: &[Judged], new: &[Judged]) -> Vec<ChangedScenario> {
    let worth = |among: &[Judged], name: &str| {
        let judged = among.iter().find(|judged| judged.scenario == name);
        judged.map(Worth::of)
    };
    let mut names: Vec<&str> = new.iter().map(|judged| judged.scenario.as_str()).collect();
    for judged in old {
        if !names.contains(&judged.scenario.as_str()) {
            names.push(&judged.scenario);
        }
    }
    let changed = names.into_iter().filter_map(|name| {
        let (old, new) = (worth(old, name), worth(new, name));
        (old != new).then(|| ChangedScenario {
            scenario: name.to_owned(),
            old,
            new,
        })
    });
    changed.collect()
}
