//! What most of a class got wrong: the first thing a teacher wants to know of a run.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::grading::Class;
use crate::report::words::{self, Remedy};
use crate::report::{Style, visible};
use crate::transcript::Miss;
use crate::verdict::{Actual, Expected, Failure, Note, Outcome};

/// A way to fail that several submissions share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrequentMiss {
    /// The scenario.
    pub scenario: String,
    /// The number of the step; 0: before the first.
    pub step: usize,
    /// A fixed word for the kind of miss, such as `wrong-peer`.
    pub code: String,
    /// What went wrong, as a clause.
    pub what: String,
    /// How many submissions failed so.
    pub count: usize,
    /// Of how many that were run.
    pub of: usize,
    /// Their keys, in the order of the class.
    pub keys: Vec<String>,
}

/// What says most about a failure, as far as it can be the same for many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Telling {
    /// There is no program for this role.
    NoProgram(String),
    /// It could not be built.
    Build,
    /// A sender got its own message back.
    OwnMessage,
    /// An answer that had been given before came again.
    CameBefore,
    /// It waits at a prompt that nobody answers.
    UnknownPrompt,
    /// It wants the end of a line where none is sent.
    ReadsLines,
    /// It dials or listens somewhere else.
    ElsewhereAddress,
    /// Its last words say why.
    LastWords(Remedy),
    /// Nothing but the kind of miss.
    Miss(Miss),
}

impl Telling {
    fn of(failure: &Failure) -> Telling {
        if let Expected::ProgramFile { role, .. } = &failure.expected {
            return Telling::NoProgram(role.clone());
        }
        if matches!(
            failure.actual,
            Actual::Build(_) | Actual::BuiltTooMuch { .. }
        ) {
            return Telling::Build;
        }
        let noted = failure.notes.iter().find_map(|note| match note {
            Note::OwnMessage { .. } => Some(Telling::OwnMessage),
            Note::CameBefore { .. } => Some(Telling::CameBefore),
            Note::UnknownPrompt { .. } => Some(Telling::UnknownPrompt),
            Note::ReadsLines { .. } => Some(Telling::ReadsLines),
            Note::DialledElsewhere { .. } | Note::ListensAt { .. } => {
                Some(Telling::ElsewhereAddress)
            }
            Note::LastWords { text, .. } => {
                let remedy = words::remedy(&text.0)?;
                Some(Telling::LastWords(remedy))
            }
            _ => None,
        });
        noted.unwrap_or(Telling::Miss(failure.miss))
    }
}

/// A fixed word for a kind of miss.
pub(in crate::report) fn code(miss: Miss) -> String {
    let name = serde_json::to_value(miss).unwrap_or_default();
    name.as_str().unwrap_or_default().replace('_', "-")
}

/// The ways to fail, the most frequent first, in the language of `style`.
pub fn misses(class: &Class, style: &Style) -> Vec<FrequentMiss> {
    let words = words::class(style.language);
    let mut all: BTreeMap<(usize, usize, Telling), FrequentMiss> = BTreeMap::new();
    for graded in &class.submissions {
        for judged in &graded.results {
            let Outcome::Failed(failure) = &judged.outcome else {
                continue;
            };
            let named = |column: &crate::grading::Column| column.name == judged.scenario;
            let place = class.scenarios.iter().position(named);
            let telling = Telling::of(failure);
            let what = visible::clipped((words.telling)(&telling).as_bytes(), 120);
            let entry = all
                .entry((place.unwrap_or(usize::MAX), failure.step.number, telling))
                .or_insert_with(|| FrequentMiss {
                    scenario: judged.scenario.clone(),
                    step: failure.step.number,
                    code: code(failure.miss),
                    what,
                    count: 0,
                    of: 0,
                    keys: Vec::new(),
                });
            entry.count += 1;
            entry.keys.push(graded.key.clone());
        }
    }
    let mut all: Vec<FrequentMiss> = all.into_values().collect();
    for miss in &mut all {
        let was_run = |graded: &&crate::grading::Graded| {
            let mut results = graded.results.iter();
            results.any(|judged| judged.scenario == miss.scenario && judged.runs > 0)
        };
        miss.of = class
            .submissions
            .iter()
            .filter(was_run)
            .count()
            .max(miss.count);
    }
    // What is as frequent stays in the lab's order.
    all.sort_by_key(|miss| std::cmp::Reverse(miss.count));
    all
}
