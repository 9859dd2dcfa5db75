//! Tokens that come where no step asks for them: too often, back to their sender, before another that is due first, or
//! guessed.

use std::ops::Range;

use tokio::time::Instant;

use crate::transcript::{ActorId, Channel, Data, Miss, Proof};
use crate::verdict::{Actual, Expected, Failure, Note, Remark};

use super::explain::Attempt;
use super::judge::Pending;
use super::ledger::{count_ignoring_case, find_ignoring_case};
use super::play::{Flow, Run, reference};
use super::stream::{Hit, Stream};

impl Run<'_> {
    /// A token in what `hit` skips that should not be there.
    pub(super) fn stray_token(
        &self,
        attempt: &Attempt,
        hit: &Hit,
        others: &[Pending],
    ) -> Option<Failure> {
        let player = self.stage.player(attempt.id);
        let stream = player.stream(attempt.on?)?;
        let skipped = stream.consumed()..hit.start;
        if let Some(guess) = self.guess_in(attempt, stream, skipped.clone()) {
            return Some(guess);
        }
        if attempt.on != Some(Channel::Wire) || player.is_program() {
            return None;
        }
        // What another member of an `any_order` group still waits for is not skipped for good.
        let awaited = |word: &str| {
            others
                .iter()
                .any(|other| other.id == attempt.id && mentions(&other.expected, word))
        };
        self.stray_in(attempt, skipped, hit.end, awaited)
    }

    /// Looks for stray tokens in `range` of a peer's stream, of which everything up to `upto` has been looked at.
    fn stray_in(
        &self,
        attempt: &Attempt,
        range: Range<usize>,
        upto: usize,
        awaited: impl Fn(&str) -> bool,
    ) -> Option<Failure> {
        let player = self.stage.player(attempt.id);
        let stream = player.stream(Channel::Wire)?;
        for name in self.ledger.names() {
            let Some(word) = self.variables.tokens.known(name) else {
                continue;
            };
            let Some(at) = find_ignoring_case(stream.slice(range.clone()), word.as_bytes()) else {
                continue;
            };
            if awaited(word) {
                continue;
            }
            let at = range.start + at;
            let expected = self.ledger.expected(&player.base, name);
            let allowed = expected.max(self.ledger.sent_times(name));
            let came = count_ignoring_case(stream.slice(0..upto.max(range.end)), word.as_bytes());
            let own = self
                .ledger
                .sent_at(&player.base, name)
                .filter(|_| expected == 0);
            let miss = if own.is_some() {
                Miss::WrongPeer
            } else if expected > 0 && came > allowed {
                Miss::Duplicate
            } else if expected > 0 && self.ledger.matches_of(attempt.id, name) < expected {
                Miss::WrongOrder
            } else {
                continue;
            };
            let line = line_around(stream.slice(range.clone()), at - range.start);
            let actual = Actual::Bytes {
                data: Data(line),
                difference: None,
                total: range.len(),
            };
            let not = Expected::Not(Box::new(Expected::Text(Data(word.as_bytes().to_vec()))));
            let mut failure = self.failure(attempt, not, actual, miss, Proof::Matched);
            failure.event = stream.event_at(at);
            failure.notes = match (own, miss) {
                (Some(step), _) => vec![Note::OwnMessage { step }],
                (None, Miss::Duplicate) => vec![Note::Counted {
                    word: word.to_owned(),
                    came,
                    expected: allowed,
                }],
                _ => Vec::new(),
            };
            return Some(failure);
        }
        None
    }

    /// Words in `range` of a stream that nobody has sent, as if one of them had to be right.
    fn guess_in(&self, attempt: &Attempt, stream: &Stream, range: Range<usize>) -> Option<Failure> {
        let skipped = stream.slice(range.clone());
        let guess = self.variables.tokens.guessed(skipped)?;
        let actual = Actual::Bytes {
            data: Data(line_around(skipped, guess.start)),
            difference: None,
            total: range.len(),
        };
        let word = Data(skipped[guess.clone()].to_vec());
        let not = Expected::Not(Box::new(Expected::Text(word)));
        let mut failure = self.failure(attempt, not, actual, Miss::Unexpected, Proof::Matched);
        failure.event = stream.event_at(range.start + guess.start);
        Some(failure)
    }

    /// When all steps are done: what is left over must hold no token that came too often or came back.
    pub(super) fn conclude(&mut self) -> Flow {
        for watch in std::mem::take(&mut self.watches) {
            self.remarks.push(Remark::AbsenceByWaiting {
                step: watch.step.clone(),
            });
            self.settled(&watch.step, Proof::Deadline, None);
        }
        let Some(last) = self.scenario.steps.last().map(reference) else {
            return Ok(());
        };
        for index in 0..self.stage.players.len() {
            let player = &self.stage.players[index];
            let Some(stream) = player
                .stream(Channel::Wire)
                .filter(|_| !player.is_program())
            else {
                continue;
            };
            let attempt = Attempt {
                step: last.clone(),
                id: ActorId(index),
                on: Some(Channel::Wire),
                began: Instant::now(),
            };
            if let Some(violation) = self.violation_of(ActorId(index)) {
                let actual = Actual::Violation(violation.clone());
                let (miss, proof) = (Miss::Unexpected, Proof::Matched);
                let failure = self.failure(&attempt, Expected::Frames, actual, miss, proof);
                return Err(failure.into());
            }
            let rest = stream.consumed()..stream.len();
            if let Some(guess) = self.guess_in(&attempt, stream, rest.clone()) {
                return Err(guess.into());
            }
            if let Some(failure) = self.stray_in(&attempt, rest, stream.len(), |_| false)
                && failure.miss != Miss::WrongOrder
            {
                return Err(failure.into());
            }
        }
        Ok(())
    }
}

fn mentions(expected: &Expected, word: &str) -> bool {
    match expected {
        Expected::Text(data) | Expected::Exactly(data) => {
            find_ignoring_case(&data.0, word.as_bytes()).is_some()
        }
        Expected::Regex(source) => {
            find_ignoring_case(source.replace('\\', "").as_bytes(), word.as_bytes()).is_some()
        }
        Expected::AnyOf(members) | Expected::AllOf(members) => {
            members.iter().any(|member| mentions(member, word))
        }
        _ => false,
    }
}

/// The line that holds `at`, at most 4 KiB of it.
pub(super) fn line_around(bytes: &[u8], at: usize) -> Vec<u8> {
    const MOST: usize = 2048;
    let start = bytes[..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1)
        .max(at.saturating_sub(MOST));
    let end = bytes[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |newline| at + newline)
        .min(at + MOST);
    bytes[start..end].to_vec()
}
