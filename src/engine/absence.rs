//! Settles what must not come: `never`, `silent`.

use std::time::Duration;

use tokio::time::Instant;

use crate::scenario::{Action, PatternSpec, Piece, Scenario, Step, StepKind, Template, Value};
use crate::transcript::{ActorId, Channel, Data, Miss, Pattern, Proof};
use crate::verdict::{Actual, Expected, Note, Remark, StepRef};

use super::explain::Attempt;
use super::play::{Flow, Run, Stop, reference};
use super::stage::Stage;
use super::strays::line_around;
use super::stream::{Hit, Look};
use super::waiting::InVain;

/// How long an absence is watched where it can't be proved, and the scenario gives no fence and no time.
const WINDOW: Duration = Duration::from_secs(1);

/// How long the proof of an absence is waited for where a fence will settle it as well.
const PROVING: Duration = Duration::from_millis(50);

/// An absence that is watched until its fence.
pub(super) struct Watch {
    pub(super) step: StepRef,
    id: ActorId,
    channel: Channel,
    /// `None`: not one byte.
    pattern: Option<Pattern>,
    expected: Expected,
    /// From this offset of the stream.
    from: usize,
    /// In a stream of messages: behind so many of them. An empty one has no bytes that could tell.
    behind: usize,
    /// What must not come could be a part of the fence: only what comes before it counts, and nothing before it has come.
    held: bool,
    began: Instant,
}

impl Watch {
    pub(super) fn is_on(&self, id: ActorId, channel: Channel) -> bool {
        self.id == id && self.channel == channel
    }

    /// What of the stream must not have come, the first of it.
    fn sees(&self, stage: &Stage) -> Option<Hit> {
        let player = stage.player(self.id);
        let stream = player.stream(self.channel)?;
        match &self.pattern {
            Some(pattern) => match stream.look_from(pattern, self.from, player.exit) {
                Look::Hit(hit) => Some(hit),
                _ => None,
            },
            None if stream.len() > self.from || stream.messages() > self.behind => Some(Hit {
                start: self.from,
                end: stream.len(),
                next: stream.len(),
                taken: None,
                captures: Vec::new(),
                settled: true,
            }),
            None => None,
        }
    }
}

impl Run<'_> {
    /// An absence: watched until its fence, else for a while.
    pub(super) async fn never(
        &mut self,
        step: &Step,
        id: ActorId,
        spec: Option<&PatternSpec>,
        on: Option<Channel>,
        since: Option<&str>,
    ) -> Flow {
        let speaker = self.speaker(id);
        let (pattern, expected) = match spec {
            Some(spec) => {
                let (pattern, expected) = self.variables.pattern(spec, &speaker)?;
                (Some(pattern), Expected::Not(Box::new(expected)))
            }
            None => (None, Expected::Silence),
        };
        let player = self.stage.player(id);
        let channel = player.channel(on);
        let Some(stream) = player.stream(channel) else {
            return Ok(());
        };
        let since = since
            .and_then(|label| self.labels.iter().rev().find(|(own, _)| own == label))
            .map(|(_, event)| *event);
        let (from, behind) = match since {
            None => (stream.consumed(), stream.taken()),
            Some(event) => (stream.offset_after(event), stream.messages_until(event)),
        };
        let at = reference(step);
        self.watches.push(Watch {
            step: at.clone(),
            id,
            channel,
            pattern,
            expected,
            from,
            behind,
            held: false,
            began: Instant::now(),
        });
        // Where nothing can be proved, the fence settles it later; but who gives a time wants it watched for so long.
        let fences = match step.within {
            None => self.fences(self.scenario, step.number, id, channel),
            Some(_) => Vec::new(),
        };
        let due = if !fences.is_empty() {
            self.stage.clock.hasty(PROVING)
        } else {
            self.stage.clock.due(step.within.unwrap_or(WINDOW))
        };
        let watches = std::mem::take(&mut self.watches);
        let settled = self.wait(&at, due, |stage| {
            if let Some((watch, hit)) = violated(stage, &watches) {
                return Some(Some((watch, hit)));
            }
            stage
                .player(id)
                .stream(channel)
                .is_some_and(|stream| stream.ended)
                .then_some(None)
        });
        let settled = settled.await;
        self.watches = watches;
        let proof = match settled? {
            Ok(Some((watch, hit))) => return Err(self.violation(watch, &hit).await),
            Ok(None) if self.stage.player(id).exit.is_some() => Proof::Exited,
            Ok(None) => Proof::Closed,
            Err(InVain::Overdue | InVain::Starved) if !fences.is_empty() => {
                let held = !fences.iter().all(|fence| is_apart(spec, fence));
                if let Some(watch) = self.watches.last_mut() {
                    watch.held = held;
                }
                return Ok(());
            }
            Err(vain) => vain.proof()?,
        };
        self.watches.pop();
        if proof == Proof::Deadline {
            self.remarks
                .push(Remark::AbsenceByWaiting { step: at.clone() });
        }
        self.settled(&at, proof, None);
        Ok(())
    }

    /// The next step of the scenario that is a fence for this actor, an `expect` on the same channel: what it expects, several things if it
    /// expects them in any order.
    fn fences<'s>(
        &self,
        scenario: &'s Scenario,
        after: usize,
        id: ActorId,
        channel: Channel,
    ) -> Vec<&'s PatternSpec> {
        let steps = scenario.steps.iter();
        let mut all = steps.map(|step| match &step.kind {
            StepKind::AnyOrder(members) => members.iter().collect(),
            StepKind::Act { .. } => vec![step],
        });
        let of = |steps: Vec<&'s Step>| -> Vec<&'s PatternSpec> {
            let later = steps.into_iter().filter(|step| step.number > after);
            later
                .filter_map(|step| self.expected_on(step, id, channel))
                .collect()
        };
        all.find_map(|steps| Some(of(steps)).filter(|fences| !fences.is_empty()))
            .unwrap_or_default()
    }

    /// What a step expects of this actor there, if it does.
    fn expected_on<'s>(
        &self,
        step: &'s Step,
        id: ActorId,
        channel: Channel,
    ) -> Option<&'s PatternSpec> {
        let player = self.stage.player(id);
        match &step.kind {
            StepKind::Act {
                actor,
                action: Action::Expect { on, pattern, .. },
            } if *actor == player.base && player.channel(*on) == channel => Some(pattern),
            _ => None,
        }
    }

    /// An absence whose fence has come, and before it what must not come.
    pub(super) fn came_before(
        &self,
        id: ActorId,
        channel: Channel,
        fence: &Hit,
    ) -> Option<(usize, Hit)> {
        let watches = self.watches.iter().enumerate();
        let mut held = watches.filter(|(_, watch)| watch.held && watch.is_on(id, channel));
        held.find_map(|(index, watch)| {
            let seen = watch.sees(&self.stage)?;
            let messages = fence.taken.map_or(0, |taken| taken.saturating_sub(1));
            let is_before =
                seen.start < fence.start || watch.pattern.is_none() && messages > watch.behind;
            is_before.then_some((index, seen))
        })
    }

    /// What must not come has come.
    pub(super) async fn violation(&mut self, watch: usize, hit: &Hit) -> Stop {
        let watch = self.watches.remove(watch);
        let attempt = Attempt {
            step: watch.step,
            id: watch.id,
            on: Some(watch.channel),
            began: watch.began,
        };
        let player = self.stage.player(watch.id);
        let Some(stream) = player.stream(watch.channel) else {
            return Stop::Failed(Box::new(self.failure(
                &attempt,
                watch.expected,
                Actual::Nothing,
                Miss::Unexpected,
                Proof::Matched,
            )));
        };
        if let Expected::Not(inner) = &watch.expected
            && matches!(**inner, Expected::Closed { .. })
        {
            let actual = match stream.reset {
                true => Actual::Reset,
                false => Actual::Closed,
            };
            let failure = self.ended_failure(&attempt, watch.expected, actual, Proof::Closed);
            return failure.await.into();
        }
        let came = stream.slice(hit.start..hit.end).to_vec();
        // An empty message begins where what came before it ends.
        let event = stream.event_at(hit.end.saturating_sub(1).max(hit.start));
        let (line, total) = (
            line_around(
                stream.slice(watch.from..stream.len()),
                hit.start - watch.from,
            ),
            stream.len() - watch.from,
        );
        let own = self.ledger.own(watch.id, &came, self);
        let before = self.ledger.has_matched(watch.id, &came, &self.variables);
        let flood = matches!(watch.pattern, Some(Pattern::AtLeast(_)));
        let miss = match (&own, before) {
            _ if flood => Miss::Flooded,
            (Some(_), _) => Miss::WrongPeer,
            (None, true) => Miss::Duplicate,
            (None, false) => Miss::Unexpected,
        };
        let actual = Actual::Bytes {
            data: Data(line),
            difference: None,
            total,
        };
        let mut failure = self.failure(&attempt, watch.expected, actual, miss, Proof::Matched);
        failure.event = event;
        failure
            .notes
            .extend(own.map(|step| Note::OwnMessage { step }));
        if failure.notes.is_empty() {
            failure
                .notes
                .extend(self.ledger.sender(watch.id, &came, self));
        }
        failure.into()
    }
}

/// The first absence that does not hold, among those for which anything that comes counts.
pub(super) fn violated(stage: &Stage, watches: &[Watch]) -> Option<(usize, Hit)> {
    let watches = watches.iter().enumerate();
    let mut open = watches.filter(|(_, watch)| !watch.held);
    open.find_map(|(index, watch)| Some((index, watch.sees(stage)?)))
}

/// Whether what must not come is surely no part of what the fence expects: it has a random word that the fence has not, or only one of
/// them is the end of a stream.
fn is_apart(absent: Option<&PatternSpec>, fence: &PatternSpec) -> bool {
    let is_end = |spec: &PatternSpec| {
        matches!(
            spec,
            PatternSpec::Closed | PatternSpec::Reset | PatternSpec::Exit(_)
        )
    };
    match (absent, fence) {
        (None, _) => false,
        (Some(absent), fence) if is_end(absent) || is_end(fence) => is_end(absent) != is_end(fence),
        (
            Some(PatternSpec::Text(absent) | PatternSpec::Exactly(absent)),
            PatternSpec::Text(fence) | PatternSpec::Exactly(fence),
        ) => {
            let known = words(fence);
            words(absent).iter().any(|word| !known.contains(word))
        }
        _ => false,
    }
}

/// The random words in a text, by their names.
fn words(template: &Template) -> Vec<&str> {
    let pieces = template.pieces.iter();
    let words = pieces.filter_map(|piece| match piece {
        Piece::Expression(expression) => match &expression.value {
            Value::Token(name) => Some(name.as_str()),
            _ => None,
        },
        Piece::Literal(_) => None,
    });
    words.collect()
}
