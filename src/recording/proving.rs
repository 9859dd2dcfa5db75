//! Whether a recording repeats what happened: it is written down, read, linted, and played against the same programs; what does not
//! come true again is given up bit by bit.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::engine::{Filling, Options, play};
use crate::scenario::{Lab, lint};
use crate::verdict::{Outcome, ScenarioResult};

use super::order::Deed;
use super::recorder::{Recording, Scene};
use super::script::{Concessions, Expectation, Frame, Weak, Wishes, script};
use super::terms::words;

/// So often at most something is given up.
const MOST: usize = 40;

/// Keeps a scenario and reads it.
pub type Reader<'a> = dyn FnMut(&str) -> Result<Lab, Vec<Diagnostic>> + 'a;

/// A scenario that was made from a recording.
#[derive(Debug)]
pub struct Proved {
    /// The scenario.
    pub text: String,
    /// How many steps it has.
    pub steps: usize,
    /// How many expectations hold less than what came, since that did not come again.
    pub weakened: usize,
    /// What is doubtful about it.
    pub warnings: Vec<Diagnostic>,
    /// How it came out when it was played; `None`: it was not.
    pub result: Option<ScenarioResult>,
}

/// What stands in the file beside the conversation, and what the author wishes.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Parts of a lab file, so that the scenario can stand alone.
    pub parts: String,
    /// Conventions and variables that were set.
    pub when: Vec<(String, String)>,
    /// What is left out.
    pub wishes: Wishes,
}

impl Wanted {
    fn frame(&self) -> Frame {
        Frame {
            parts: self.parts.clone(),
            when: self.when.clone(),
            wishes: self.wishes.clone(),
        }
    }
}

impl Recording {
    /// The scenario as it is known so far, without any proof.
    pub fn text(&self, wanted: &Wanted) -> String {
        script(self, &wanted.frame(), &Concessions::default()).text
    }
}

/// Makes the scenario of a recording, such that it comes true again. `read` keeps each attempt and reads it.
///
/// # Errors
///
/// What was written can't be read.
pub async fn prove(
    recording: &Recording,
    wanted: &Wanted,
    filling: &Filling,
    options: &Options,
    read: &mut Reader<'_>,
) -> Result<Proved, Vec<Diagnostic>> {
    let frame = wanted.frame();
    let mut conceded = Concessions::default();
    // Words that were taken for meant on a trial, and where.
    let mut trial: Option<(Expectation, Vec<String>)> = None;
    let mut tried: HashSet<Expectation> = HashSet::new();
    let mut attempts = 0;
    loop {
        let script = script(recording, &frame, &conceded);
        let lab = read(&script.text)?;
        let result = match lab.scenarios.first() {
            Some(entry) => Some(play(&lab.name, entry, filling, options).await),
            None => None,
        };
        let failed = match result.as_ref().map(|result| &result.outcome) {
            Some(Outcome::Failed(failure)) => Some(failure.step.number),
            _ => None,
        };
        let mut expectations = script.expectations.iter();
        let failed = expectations.find(|(number, _)| Some(*number) == failed);
        let Some((_, failed)) = failed.filter(|_| attempts < MOST) else {
            return Ok(Proved {
                text: script.text,
                steps: script.steps,
                weakened: conceded.weakened.len(),
                warnings: lint(&lab, None),
                result,
            });
        };
        attempts += 1;
        let own = recording
            .scenes
            .get(failed.0)
            .map(|scene| meant(scene, &conceded));
        let own = own.unwrap_or_default();
        if !own.is_empty() && tried.insert(*failed) {
            conceded.meant.extend(own.iter().cloned());
            trial = Some((*failed, own));
            continue;
        }
        // It was not the words.
        if let Some((_, words)) = trial.take_if(|(expectation, _)| expectation == failed) {
            conceded.meant.retain(|word| !words.contains(word));
        }
        let weak = conceded.weakened.entry(*failed).or_default();
        *weak = match weak {
            Weak::Whole if !frame.wishes.words => Weak::Words,
            _ => Weak::Nothing,
        };
    }
}

/// The words of a scene that may mean something to the program.
fn meant(scene: &Scene, conceded: &Concessions) -> Vec<String> {
    match &scene.order.deed {
        Deed::Send(text) => words(text)
            .filter(|word| !conceded.meant.contains(*word))
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}
