//! What most of a class got wrong: the first thing a teacher wants to know of a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Language;
use crate::grading::{Class, Graded};
use crate::report::visible::clipped;
use crate::report::words::{self, Remedy};
use crate::transcript::Miss;
use crate::verdict::{Actual, Expected, Failure, Note, Outcome};

use super::Readers;

/// A way to fail that several submissions share.
pub(in crate::report) struct FrequentMiss<'a> {
    telling: Telling,
    /// Where it shows, in the lab's order.
    pub(in crate::report) scenarios: Vec<&'a str>,
    /// The number of the step, where it is about that one only; 0: before the first.
    pub(in crate::report) step: Option<usize>,
    /// Who fails so, each once, in the order of the class, and where it shows first.
    pub(in crate::report) who: Vec<(&'a Graded, &'a str)>,
    /// Of how many that were judged there.
    pub(in crate::report) of: usize,
}

impl FrequentMiss<'_> {
    /// What went wrong, as a clause.
    pub(in crate::report) fn what(&self, language: Language) -> String {
        let said = (words::class(language).telling)(&self.telling);
        clipped(said.as_bytes(), 160)
    }

    /// The scenarios, as many as a line has room for.
    pub(in crate::report) fn places(&self) -> String {
        const NAMED: usize = 3;
        let named = self.scenarios.iter().take(NAMED);
        let mut named: Vec<String> = named.map(|name| clipped(name.as_bytes(), 40)).collect();
        if self.scenarios.len() > NAMED {
            named.push("…".to_owned());
        }
        named.join(", ")
    }
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
    /// Old answers came again together with the new one.
    CameAlong,
    /// It sends to its own address.
    TalksToItself,
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
    /// Whether it is another mistake at each step. Everything else is one mistake of a program, in however many scenarios it shows.
    fn is_of_one_place(&self) -> bool {
        let Telling::Miss(miss) = self else {
            return false;
        };
        match miss {
            Miss::Never
            | Miss::Late
            | Miss::WrongPeer
            | Miss::WrongOrder
            | Miss::Duplicate
            | Miss::Unexpected
            | Miss::Refused
            | Miss::Closed
            | Miss::Crashed
            | Miss::NotStarted
            | Miss::NotEnded
            | Miss::Leaked => true,
            Miss::Merged
            | Miss::Split
            | Miss::NoNewline
            | Miss::WrongEncoding
            | Miss::Unflushed
            | Miss::Flooded
            | Miss::Busy => false,
        }
    }

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
            Note::CameAlong { .. } => Some(Telling::CameAlong),
            Note::TalksToItself { .. } => Some(Telling::TalksToItself),
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

/// The ways to fail in what `readers` may see, the most frequent first.
pub(in crate::report) fn misses(class: &Class, readers: Readers) -> Vec<FrequentMiss<'_>> {
    let columns = class.scenarios.iter().enumerate();
    let places: BTreeMap<&str, usize> = columns
        .filter(|(_, column)| readers.may_see(column.visibility))
        .map(|(index, column)| (column.name.as_str(), index))
        .collect();
    let mut all: BTreeMap<(Option<Place>, Telling), Found<'_>> = BTreeMap::new();
    for graded in &class.submissions {
        for judged in &graded.results {
            let (Outcome::Failed(failure), Some(scenario)) =
                (&judged.outcome, places.get(judged.scenario.as_str()))
            else {
                continue;
            };
            let telling = Telling::of(failure);
            let step = failure.step.number;
            let place = match telling.is_of_one_place() && step > 0 {
                true => Some(Place {
                    scenario: *scenario,
                    step,
                }),
                false => None,
            };
            let found = all.entry((place, telling)).or_default();
            found.scenarios.insert(*scenario);
            if found
                .who
                .last()
                .is_none_or(|(last, _)| last.key != graded.key)
            {
                found.who.push((graded, judged.scenario.as_str()));
            }
        }
    }
    let mut all: Vec<FrequentMiss<'_>> = joined(all)
        .into_iter()
        .map(|(place, telling, found)| {
            let scenarios = found.scenarios.iter();
            let scenarios = scenarios.map(|index| class.scenarios[*index].name.as_str());
            let scenarios: Vec<&str> = scenarios.collect();
            FrequentMiss {
                telling,
                of: judged_in(class, &scenarios),
                scenarios,
                step: place.map(|place| place.step),
                who: found.who,
            }
        })
        .collect();
    // What is as frequent stays as it is: first what is wrong everywhere, then in the lab's order.
    all.sort_by_key(|miss| std::cmp::Reverse(miss.who.len()));
    all
}

/// A step of a scenario: the scenario's index, the step's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    scenario: usize,
    step: usize,
}

/// Where one way to fail was found, and whose it is.
#[derive(Default)]
struct Found<'a> {
    scenarios: BTreeSet<usize>,
    who: Vec<(&'a Graded, &'a str)>,
}

/// What the same people get wrong in the same way at several places is told once.
fn joined(
    all: BTreeMap<(Option<Place>, Telling), Found<'_>>,
) -> Vec<(Option<Place>, Telling, Found<'_>)> {
    let are_same = |one: &Found<'_>, other: &Found<'_>| {
        let (one, other) = (one.who.iter(), other.who.iter());
        one.map(|(graded, _)| &graded.key)
            .eq(other.map(|(graded, _)| &graded.key))
    };
    let mut done: Vec<(Option<Place>, Telling, Found<'_>)> = Vec::new();
    for ((place, telling), found) in all {
        let same = done
            .iter_mut()
            .find(|(_, own, other)| *own == telling && are_same(other, &found));
        match same {
            Some((known, _, other)) => {
                *known = None;
                other.scenarios.extend(found.scenarios);
            }
            None => done.push((place, telling, found)),
        }
    }
    done
}

/// How many submissions passed or failed one of `scenarios`.
fn judged_in(class: &Class, scenarios: &[&str]) -> usize {
    let is_judged = |graded: &&Graded| {
        graded.results.iter().any(|judged| {
            matches!(judged.outcome, Outcome::Passed | Outcome::Failed(_))
                && scenarios.contains(&judged.scenario.as_str())
        })
    };
    class.submissions.iter().filter(is_judged).count()
}
