//! Settles what is expected: `expect`, `any_order`, and the tokens that no step asks about.

use tokio::time::Instant;

use crate::scenario::{Action, Near, PatternSpec, Step, StepKind};
use crate::transcript::{ActorId, Channel, Data, Pattern, Proof, nearly};
use crate::verdict::{Expected, Remark, StepRef};

use super::absence::violated;
use super::clock::Due;
use super::explain::{Attempt, Why};
use super::play::{Flow, Run, Stop, reference};
use super::player::Part;
use super::stage::Stage;
use super::stream::{Hit, Look};

/// What an expectation came to.
enum Settled {
    Came(Hit),
    Violated(usize, Hit),
    Missed(Why),
}

/// An `expect` that waits to come true.
pub(super) struct Pending {
    pub(super) step: StepRef,
    pub(super) id: ActorId,
    channel: Channel,
    pattern: Pattern,
    pub(super) expected: Expected,
    capture: Option<String>,
}

impl Run<'_> {
    pub(super) async fn expect(
        &mut self,
        id: ActorId,
        spec: &PatternSpec,
        on: Option<Channel>,
        capture: Option<&str>,
        step: &StepRef,
        due: Due,
    ) -> Flow {
        let pending = self.pending(id, spec, on, capture, step)?;
        self.expect_all(vec![pending], due).await
    }

    pub(super) async fn any_order(&mut self, members: &[Step]) -> Flow {
        let mut pending = Vec::new();
        let mut due: Option<Due> = None;
        for member in members {
            let StepKind::Act {
                actor,
                action:
                    Action::Expect {
                        pattern,
                        on,
                        capture,
                    },
            } = &member.kind
            else {
                continue;
            };
            let own = self.due(Some(member));
            due = Some(due.map_or(own, |due| due.later(own)));
            if let Some(label) = &member.label {
                self.labels.push((label.clone(), self.stage.last_event()));
            }
            for id in self.stage.named(actor) {
                pending.push(self.pending(
                    id,
                    pattern,
                    *on,
                    capture.as_deref(),
                    &reference(member),
                )?);
            }
        }
        match due {
            Some(due) => self.expect_all(pending, due).await,
            None => Ok(()),
        }
    }

    fn pending(
        &mut self,
        id: ActorId,
        spec: &PatternSpec,
        on: Option<Channel>,
        capture: Option<&str>,
        step: &StepRef,
    ) -> Flow<Pending> {
        let speaker = self.speaker(id);
        let (pattern, expected) = self.variables.pattern(spec, &speaker)?;
        let channel = self.stage.player(id).channel(on);
        Ok(Pending {
            step: step.clone(),
            id,
            channel,
            pattern,
            expected,
            capture: capture.map(str::to_owned),
        })
    }

    /// Waits until all have come, in whatever order they come.
    async fn expect_all(&mut self, mut pending: Vec<Pending>, due: Due) -> Flow {
        let began = Instant::now();
        while let Some(first) = pending.first() {
            let step = first.step.clone();
            let watches = std::mem::take(&mut self.watches);
            let settled = self.wait(&step, due, |stage| {
                if let Some((watch, hit)) = violated(stage, &watches) {
                    return Some((0, Settled::Violated(watch, hit)));
                }
                next_settled(stage, &pending, false)
            });
            let settled = settled.await;
            self.watches = watches;
            let (index, settled, proof) = match settled? {
                Ok((index, settled)) => (index, settled, Proof::Matched),
                // Nothing more will come: a match that could still grow is what there is.
                Err(vain) => {
                    let proof = vain.proof()?;
                    let missed = (0, Settled::Missed(Why::InVain(proof)));
                    let (index, settled) =
                        next_settled(&self.stage, &pending, true).unwrap_or(missed);
                    (index, settled, proof)
                }
            };
            match settled {
                Settled::Came(hit) => {
                    let done = pending.remove(index);
                    self.came_true(done, &hit, proof, &pending, began).await?;
                }
                Settled::Violated(watch, hit) => return Err(self.violation(watch, &hit).await),
                Settled::Missed(why) => {
                    if let Some(hit) = self.near_miss(&pending[index]) {
                        let done = pending.remove(index);
                        self.came_true(done, &hit, proof, &pending, began).await?;
                        continue;
                    }
                    return Err(self.missed(pending.remove(index), why, began).await);
                }
            }
        }
        Ok(())
    }

    /// What a program has printed instead, if it is nearly what was expected and the lab lets that pass. What crosses the wire is to the letter:
    /// the other side is a program.
    fn near_miss(&mut self, pending: &Pending) -> Option<Hit> {
        let player = self.stage.player(pending.id);
        let (Expected::Text(expected), Pattern::Bytes(_)) = (&pending.expected, &pending.pattern)
        else {
            return None;
        };
        if self.near == Near::Fail || !player.is_program() {
            return None;
        }
        let stream = player.stream(pending.channel)?;
        let text = std::str::from_utf8(&expected.0).ok()?;
        let range = nearly(text, stream.unread(), &self.variables.tokens.all())?;
        let start = stream.consumed();
        let hit = Hit {
            start: start + range.start,
            end: start + range.end,
            next: start + range.end,
            taken: None,
            captures: Vec::new(),
            settled: true,
        };
        let came = Data(stream.slice(hit.start..hit.end).to_vec());
        let remark = Remark::NearMiss {
            step: pending.step.clone(),
            expected: expected.clone(),
            came,
        };
        self.remarks.push(remark);
        Some(hit)
    }

    async fn missed(&mut self, pending: Pending, why: Why, began: Instant) -> Stop {
        let attempt = Attempt {
            step: pending.step,
            id: pending.id,
            on: Some(pending.channel),
            began,
        };
        self.explain(attempt, &pending.pattern, pending.expected, why)
            .await
    }

    /// An expectation came true: what it skipped is looked at, fences settle what they fence, and reading goes on.
    async fn came_true(
        &mut self,
        done: Pending,
        hit: &Hit,
        proof: Proof,
        others: &[Pending],
        began: Instant,
    ) -> Flow {
        let (id, channel) = (done.id, done.channel);
        let attempt = Attempt {
            step: done.step.clone(),
            id,
            on: Some(channel),
            began,
        };
        if let Some(failure) = self.stray_token(&attempt, hit, others) {
            return Err(failure.into());
        }
        if let Some((watch, before)) = self.came_before(id, channel, hit) {
            return Err(self.violation(watch, &before).await);
        }
        let Some(stream) = self.stage.player_mut(id).stream_mut(channel) else {
            return Ok(());
        };
        let matched = stream.slice(hit.start..hit.end).to_vec();
        let event = if hit.end > hit.start {
            stream.event_at(hit.end - 1)
        } else {
            None
        };
        stream.consume(hit);
        for (name, bytes) in &hit.captures {
            self.variables.capture(name, bytes);
        }
        if let Some(name) = &done.capture {
            self.variables.capture(name, &matched);
        }
        self.ledger.matched(id, &matched, &self.variables);
        if matches!(done.expected, Expected::Text(_) | Expected::Exactly(_)) {
            self.answers.came(id, channel, done.step.number, &matched);
        }
        let fenced: Vec<usize> = (0..self.watches.len())
            .filter(|index| self.watches[*index].is_on(id, channel))
            .collect();
        for index in fenced.into_iter().rev() {
            let watch = self.watches.remove(index);
            self.settled(&watch.step, Proof::Fenced, event);
        }
        let proof = match &done.expected {
            Expected::Closed { .. } => Proof::Closed,
            Expected::Exit(_) => Proof::Exited,
            _ => proof,
        };
        self.settled(&done.step, proof, event);
        Ok(())
    }
}

fn next_settled(stage: &Stage, pending: &[Pending], overdue: bool) -> Option<(usize, Settled)> {
    let mut first: Option<(usize, Hit)> = None;
    let mut missed = None;
    for (index, waiting) in pending.iter().enumerate() {
        let player = stage.player(waiting.id);
        let Some(stream) = player.stream(waiting.channel) else {
            continue;
        };
        match stream.look(&waiting.pattern, player.exit) {
            Look::Hit(hit) if hit.settled || overdue || stream.flooded => {
                // Of two in one stream the earlier goes first, or the later one would skip it.
                let earlier = first.as_ref().is_none_or(|(other, best)| {
                    pending[*other].id == waiting.id && hit.start < best.start
                });
                if earlier {
                    first = Some((index, hit));
                }
            }
            Look::Hit(_) => {}
            Look::NotYet if stream.flooded => missed = missed.or(Some((index, Why::Flooded))),
            Look::NotYet if nobody_answers(stage, waiting.id) => {
                missed = missed.or(Some((index, Why::Gone)))
            }
            Look::NotYet => {}
            Look::Impossible => missed = missed.or(Some((index, Why::Ended))),
        }
    }
    match (first, missed) {
        (Some((index, hit)), _) => Some((index, Settled::Came(hit))),
        (None, Some((index, why))) => Some((index, Settled::Missed(why))),
        (None, None) => None,
    }
}

/// Datagrams have no end of their own: where every program has ended, none can come.
fn nobody_answers(stage: &Stage, id: ActorId) -> bool {
    let programs = || stage.players.iter().filter(|player| player.is_program());
    matches!(stage.player(id).part, Part::Datagrams { .. })
        && programs().count() > 0
        && programs().all(|program| program.exit.is_some())
}
