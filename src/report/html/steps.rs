//! The steps of a scenario as far as its run knows them: those that were settled, those that acted, and the one that failed.

use std::collections::BTreeMap;

use crate::diagnostic::Language;
use crate::report::cells::{mark, sign, trimmed};
use crate::report::rows::bytes;
use crate::report::visible::clipped;
use crate::report::words;
use crate::transcript::{Event, EventKind, Transcript};
use crate::verdict::{Failure, StepRef, StepResult};

/// How many columns of a step are told.
const TITLE: usize = 90;

/// A step.
pub(super) struct Step<'a> {
    pub(super) number: usize,
    pub(super) state: State,
    what: What<'a>,
    transcript: &'a Transcript,
}

/// How a step came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// What it expected came, or did not come.
    Settled,
    /// It only did something.
    Done,
    Failed,
}

enum What<'a> {
    /// As the scenario writes it.
    Written(&'a StepRef),
    /// What was seen of it.
    Seen(&'a Event),
}

/// In their order.
pub(super) fn steps<'a>(
    settled: &'a [StepResult],
    failure: Option<&'a Failure>,
    transcript: &'a Transcript,
) -> Vec<Step<'a>> {
    let step = |number, state, what| Step {
        number,
        state,
        what,
        transcript,
    };
    let mut all: BTreeMap<usize, Step<'a>> = BTreeMap::new();
    for event in transcript.events.iter().filter(|event| acts(&event.kind)) {
        if let Some(index) = event.step {
            let number = index.saturating_add(1);
            all.entry(number)
                .or_insert_with(|| step(number, State::Done, What::Seen(event)));
        }
    }
    for result in settled {
        let number = result.step.number;
        all.insert(
            number,
            step(number, State::Settled, What::Written(&result.step)),
        );
    }
    if let Some(failure) = failure {
        let number = failure.step.number;
        all.insert(
            number,
            step(number, State::Failed, What::Written(&failure.step)),
        );
    }
    all.into_values().collect()
}

/// Whether it is Viva that did it, for a step.
fn acts(kind: &EventKind) -> bool {
    match kind {
        EventKind::Typed(_)
        | EventKind::Sent(_)
        | EventKind::SentMuch { .. }
        | EventKind::SentMessage { .. }
        | EventKind::Connected { .. }
        | EventKind::EndedInput
        | EventKind::Closed
        | EventKind::Reset
        | EventKind::Reading(_)
        | EventKind::Signalled { .. } => true,
        EventKind::Started { .. }
        | EventKind::Listening { .. }
        | EventKind::Bound { .. }
        | EventKind::Dialled { .. }
        | EventKind::Refused { .. }
        | EventKind::Accepted { .. }
        | EventKind::Printed { .. }
        | EventKind::Received(_)
        | EventKind::ReceivedMessage { .. }
        | EventKind::Came { .. }
        | EventKind::PassedOn { .. }
        | EventKind::Lost { .. }
        | EventKind::PassedEnd { .. }
        | EventKind::CutOff { .. }
        | EventKind::PeerClosed { .. }
        | EventKind::PeerReset
        | EventKind::Exited(_)
        | EventKind::Flooded { .. } => false,
    }
}

impl Step<'_> {
    /// Whether its title says nothing that the row of this event does not.
    pub(super) fn is_told_by(&self, event: &Event) -> bool {
        matches!(self.what, What::Seen(own) if own.number == event.number)
    }

    /// What it is: its line of the scenario, else what was seen of it.
    pub(super) fn title(&self, language: Language) -> String {
        match &self.what {
            What::Written(step) => {
                let line = step.place.excerpt.trim();
                clipped(line.strip_prefix("- ").unwrap_or(line).as_bytes(), TITLE)
            }
            What::Seen(event) => {
                let actor = self.transcript.actors.get(event.actor.0);
                let actor = actor.map_or("", |actor| actor.name.as_str());
                let what = match (mark(&event.kind), bytes(&event.kind)) {
                    (Some(mark), Some(bytes)) => {
                        let shown = clipped(trimmed(mark, bytes), TITLE / 2);
                        format!("{} {shown}", sign(mark))
                    }
                    _ => words::of(language).event(&event.kind).unwrap_or_default(),
                };
                format!("{}: {what}", clipped(actor.as_bytes(), 24))
            }
        }
    }
}
