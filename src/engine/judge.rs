//! Settles what is expected: `expect`, `any_order`, `never`, `silent`, and the tokens that no step asks about.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::scenario::{
    Action, Argument, CastMember, PatternSpec, Payload, Piece, Scenario, Step, StepKind, Template,
    Value,
};
use crate::transcript::{ActorId, Channel, Data, Miss, Pattern, Proof};
use crate::verdict::{Actual, Expected, Failure, Note, Remark, StepRef};

use super::explain::{Attempt, Why};
use super::play::{Flow, Run, Stop, reference};
use super::stage::{Part, Stage};
use super::stream::{Hit, Look};

/// How long an absence is watched where the scenario gives no fence and no time.
const WINDOW: Duration = Duration::from_secs(1);

/// An absence that is watched until its fence.
pub(super) struct Watch {
    step: StepRef,
    id: ActorId,
    channel: Channel,
    /// `None`: not one byte.
    pattern: Option<Pattern>,
    expected: Expected,
    /// From this offset of the stream.
    from: usize,
    began: Instant,
}

/// What an expectation came to.
enum Settled {
    Came(Hit),
    Violated(usize, Hit),
    Missed(Why),
}

/// An `expect` that waits to come true.
struct Pending {
    step: StepRef,
    id: ActorId,
    channel: Channel,
    pattern: Pattern,
    expected: Expected,
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
        deadline: Instant,
    ) -> Flow {
        if let PatternSpec::File { .. } = spec {
            return self.expect_file(id, spec, step).await;
        }
        let pending = self.pending(id, spec, on, capture, step)?;
        self.expect_all(vec![pending], deadline).await
    }

    pub(super) async fn any_order(&mut self, members: &[Step]) -> Flow {
        let mut pending = Vec::new();
        let mut deadline = Instant::now();
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
            deadline = deadline.max(self.due(Some(member)));
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
        self.expect_all(pending, deadline).await
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
    async fn expect_all(&mut self, mut pending: Vec<Pending>, deadline: Instant) -> Flow {
        let began = Instant::now();
        while !pending.is_empty() {
            let watches = &self.watches;
            let settled = self.stage.until(deadline, |stage| {
                if let Some((watch, hit)) = violated(stage, watches) {
                    return Some((0, Settled::Violated(watch, hit)));
                }
                next_settled(stage, &pending, false)
            });
            let settled = match settled.await {
                Some(settled) => Some(settled),
                // The time is up: a match that could still grow is what there is.
                None => next_settled(&self.stage, &pending, true),
            };
            match settled {
                Some((index, Settled::Came(hit))) => {
                    let done = pending.remove(index);
                    self.came_true(done, &hit, &pending, began).await?;
                }
                Some((_, Settled::Violated(watch, hit))) => {
                    return Err(self.violation(watch, &hit).await);
                }
                Some((index, Settled::Missed(why))) => {
                    return Err(self.missed(pending.remove(index), why, began).await);
                }
                None => return Err(self.missed(pending.remove(0), Why::Overdue, began).await),
            }
        }
        Ok(())
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
        let Some(stream) = self.stage.player_mut(id).stream_mut(channel) else {
            return Ok(());
        };
        let matched = stream.slice(hit.start..hit.end).to_vec();
        let event = if hit.end > hit.start {
            stream.event_at(hit.end - 1)
        } else {
            None
        };
        stream.consume_to(hit.next);
        for (name, bytes) in &hit.captures {
            self.variables.capture(name, bytes);
        }
        if let Some(name) = &done.capture {
            self.variables.capture(name, &matched);
        }
        self.ledger.matched(id, &matched, &self.variables);
        let fenced: Vec<usize> = (0..self.watches.len())
            .filter(|index| {
                self.watches[*index].id == id && self.watches[*index].channel == channel
            })
            .collect();
        for index in fenced.into_iter().rev() {
            let watch = self.watches.remove(index);
            self.settled(&watch.step, Proof::Fenced, event);
        }
        let proof = match &done.expected {
            Expected::Closed { .. } => Proof::Closed,
            Expected::Exit(_) => Proof::Exited,
            _ if !hit.settled => Proof::Deadline,
            _ => Proof::Matched,
        };
        self.settled(&done.step, proof, event);
        Ok(())
    }

    async fn expect_file(&mut self, id: ActorId, spec: &PatternSpec, step: &StepRef) -> Flow {
        let began = Instant::now();
        let speaker = self.speaker(id);
        let (_, expected) = self.variables.pattern(spec, &speaker)?;
        let Expected::File {
            name,
            content,
            whole,
        } = &expected
        else {
            return Ok(());
        };
        let Some(test_box) = &self.stage.test_box else {
            return Ok(());
        };
        let held = read_beneath(test_box.folder(), name);
        let right = held.as_ref().is_ok_and(|held| {
            if *whole {
                *held == content.0
            } else {
                contains(held, &content.0)
            }
        });
        if right {
            self.settled(step, Proof::Matched, None);
            return Ok(());
        }
        let actual = match held {
            Err(_) => Actual::NoFile,
            Ok(held) => Actual::Bytes {
                difference: crate::transcript::closest(&content.0, &held),
                total: held.len(),
                data: Data(held),
            },
        };
        let attempt = Attempt {
            step: step.clone(),
            id,
            on: None,
            began,
        };
        Err(self
            .failure(
                &attempt,
                expected.clone(),
                actual,
                Miss::Unexpected,
                Proof::Matched,
            )
            .into())
    }

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
        let from = since.map_or(stream.consumed(), |event| stream.offset_after(event));
        let at = reference(step);
        self.watches.push(Watch {
            step: at.clone(),
            id,
            channel,
            pattern,
            expected,
            from,
            began: Instant::now(),
        });
        let deadline = if self.has_fence(step.number, id, channel) {
            Instant::now()
        } else {
            Instant::now() + step.within.unwrap_or(WINDOW)
        };
        let watches = &self.watches;
        let settled = self.stage.until(deadline, |stage| {
            if let Some((watch, hit)) = violated(stage, watches) {
                return Some(Settled::Violated(watch, hit));
            }
            let ended = stage
                .player(id)
                .stream(channel)
                .is_some_and(|stream| stream.ended);
            ended.then_some(Settled::Missed(Why::Ended))
        });
        match settled.await {
            Some(Settled::Violated(watch, hit)) => return Err(self.violation(watch, &hit).await),
            Some(_) => {
                self.watches.pop();
                let proof = if self.stage.player(id).exit.is_some() {
                    Proof::Exited
                } else {
                    Proof::Closed
                };
                self.settled(&at, proof, None);
            }
            None if self.has_fence(step.number, id, channel) => {}
            None => {
                self.watches.pop();
                self.remarks
                    .push(Remark::AbsenceByWaiting { step: at.clone() });
                self.settled(&at, Proof::Deadline, None);
            }
        }
        Ok(())
    }

    /// What must not come has come.
    async fn violation(&mut self, watch: usize, hit: &Hit) -> Stop {
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
        let came = stream.slice(hit.start..hit.end).to_vec();
        let event = stream.event_at(hit.end.saturating_sub(1));
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

    /// A token in what `hit` skips that should not be there.
    fn stray_token(&self, attempt: &Attempt, hit: &Hit, others: &[Pending]) -> Option<Failure> {
        let player = self.stage.player(attempt.id);
        let stream = player
            .stream(Channel::Wire)
            .filter(|_| attempt.on == Some(Channel::Wire) && !player.is_program())?;
        let skipped = stream.consumed()..hit.start;
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
        range: std::ops::Range<usize>,
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
            let rest = stream.consumed()..stream.len();
            if let Some(failure) = self.stray_in(&attempt, rest, stream.len(), |_| false)
                && failure.miss != Miss::WrongOrder
            {
                return Err(failure.into());
            }
        }
        Ok(())
    }
}

/// A plain file below `folder`: a student may have put a link, a device or a FIFO in its place.
fn read_beneath(folder: &Path, name: &str) -> std::io::Result<Vec<u8>> {
    use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, open, openat2};
    const MOST: u64 = 64 << 20;
    let folder = open(
        folder,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let file = openat2(&folder, name, flags, Mode::empty(), resolve)?;
    if !FileType::from_raw_mode(fstat(&file)?.st_mode).is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut held = Vec::new();
    std::fs::File::from(file)
        .take(MOST)
        .read_to_end(&mut held)?;
    Ok(held)
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

fn violated(stage: &Stage, watches: &[Watch]) -> Option<(usize, Hit)> {
    watches.iter().enumerate().find_map(|(index, watch)| {
        let player = stage.player(watch.id);
        let stream = player.stream(watch.channel)?;
        match &watch.pattern {
            None if stream.len() > watch.from => Some((
                index,
                Hit {
                    start: watch.from,
                    end: stream.len(),
                    next: stream.len(),
                    captures: Vec::new(),
                    settled: true,
                },
            )),
            None => None,
            Some(pattern) => match stream.look_from(pattern, watch.from, player.exit) {
                Look::Hit(hit) => Some((index, hit)),
                _ => None,
            },
        }
    })
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

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || hay.windows(needle.len()).any(|window| window == needle)
}

fn find_ignoring_case(hay: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    hay.windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle))
}

fn count_ignoring_case(hay: &[u8], needle: &[u8]) -> usize {
    let (mut rest, mut count) = (hay, 0);
    while let Some(at) = find_ignoring_case(rest, needle) {
        count += 1;
        rest = &rest[at + needle.len()..];
    }
    count
}

/// The line that holds `at`, at most 4 KiB of it.
fn line_around(bytes: &[u8], at: usize) -> Vec<u8> {
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

/// Which tokens are sent and expected by whom: read off the scenario before it is played.
pub(super) struct Ledger {
    names: Vec<String>,
    /// By actor (a crowd's name) and token: how often it is expected on a connection.
    expected: HashMap<(String, String), usize>,
    /// By token: who sends it, at which step, how many times in all. Tokens of crowds are left out.
    sent: HashMap<String, Vec<(String, usize, usize)>>,
    /// By actor and token: how often it has been matched.
    matched: HashMap<(ActorId, String), usize>,
}

impl Ledger {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut ledger = Ledger {
            names: Vec::new(),
            expected: HashMap::new(),
            sent: HashMap::new(),
            matched: HashMap::new(),
        };
        let crowds: Vec<&str> = scenario
            .cast
            .iter()
            .filter_map(|member| match &member.value {
                CastMember::Client {
                    name,
                    crowd: Some(_),
                    ..
                } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let mut of_crowds = Vec::new();
        let steps = scenario.steps.iter().flat_map(|step| match &step.kind {
            StepKind::AnyOrder(members) => members.iter().collect(),
            StepKind::Act { .. } => vec![step],
        });
        for step in steps {
            let StepKind::Act { actor, action } = &step.kind else {
                continue;
            };
            match action {
                Action::Send {
                    payload: Payload::Messages(messages),
                    ..
                } => {
                    for (name, times) in messages.iter().flat_map(tokens_of) {
                        if crowds.contains(&actor.as_str()) {
                            of_crowds.push(name);
                        } else {
                            ledger.sent.entry(name).or_default().push((
                                actor.clone(),
                                step.number,
                                times,
                            ));
                        }
                    }
                }
                Action::Expect { pattern, .. } => {
                    let mut tokens = Vec::new();
                    tokens_of_pattern(pattern, &mut tokens);
                    for (name, times) in tokens {
                        *ledger.expected.entry((actor.clone(), name)).or_default() += times;
                    }
                }
                _ => {}
            }
        }
        for name in of_crowds {
            ledger.sent.remove(&name);
        }
        ledger.names = ledger.sent.keys().cloned().collect();
        ledger.names.sort();
        ledger
    }

    /// The tokens that are kept account of.
    fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn expected(&self, actor: &str, name: &str) -> usize {
        self.expected
            .get(&(actor.to_owned(), name.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    fn sent_times(&self, name: &str) -> usize {
        self.sent
            .get(name)
            .map_or(0, |sent| sent.iter().map(|(_, _, times)| times).sum())
    }

    /// The step at which `actor` alone sends this token.
    fn sent_at(&self, actor: &str, name: &str) -> Option<usize> {
        let sent = self.sent.get(name)?;
        sent.iter()
            .all(|(sender, _, _)| sender == actor)
            .then(|| sent.first().map(|(_, step, _)| *step))?
    }

    fn matches_of(&self, id: ActorId, name: &str) -> usize {
        self.matched
            .get(&(id, name.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    fn matched(&mut self, id: ActorId, bytes: &[u8], variables: &super::variables::Variables) {
        for name in &self.names {
            let Some(word) = variables.tokens.known(name) else {
                continue;
            };
            let count = count_ignoring_case(bytes, word.as_bytes());
            if count > 0 {
                *self.matched.entry((id, name.clone())).or_default() += count;
            }
        }
    }

    fn has_matched(
        &self,
        id: ActorId,
        came: &[u8],
        variables: &super::variables::Variables,
    ) -> bool {
        self.names.iter().any(|name| {
            self.matches_of(id, name) > 0
                && variables
                    .tokens
                    .known(name)
                    .is_some_and(|word| find_ignoring_case(came, word.as_bytes()).is_some())
        })
    }

    /// The step at which this very actor sent what came.
    fn own(&self, id: ActorId, came: &[u8], run: &Run<'_>) -> Option<usize> {
        let actor = &run.stage.player(id).base;
        self.names.iter().find_map(|name| {
            let word = run.variables.tokens.known(name)?;
            find_ignoring_case(came, word.as_bytes())?;
            self.sent_at(actor, name)
        })
    }

    /// Whether this actor is to get one of the tokens in `text`.
    pub(super) fn awaits(&self, actor: &str, text: &[u8], run: &Run<'_>) -> bool {
        self.names.iter().any(|name| {
            let word = run.variables.tokens.known(name);
            self.expected(actor, name) > 0
                && word.is_some_and(|word| find_ignoring_case(text, word.as_bytes()).is_some())
        })
    }

    /// Who else sent what came.
    pub(super) fn sender(&self, id: ActorId, came: &[u8], run: &Run<'_>) -> Option<Note> {
        let actor = &run.stage.player(id).base;
        self.names.iter().find_map(|name| {
            let word = run.variables.tokens.known(name)?;
            find_ignoring_case(came, word.as_bytes())?;
            let (sender, step, _) = self
                .sent
                .get(name)?
                .iter()
                .find(|(sender, _, _)| sender != actor)?;
            Some(Note::SentBy {
                actor: sender.clone(),
                step: *step,
            })
        })
    }
}

fn tokens_of(template: &Template) -> Vec<(String, usize)> {
    let expressions = template.pieces.iter().filter_map(|piece| match piece {
        Piece::Expression(expression) => Some(expression),
        Piece::Literal(_) => None,
    });
    expressions
        .filter_map(|expression| match &expression.value {
            Value::Token(name) => {
                let times = expression.functions.iter().map(|function| match function {
                    Argument::Repeat(times) => *times,
                    _ => 1,
                });
                Some((name.clone(), times.product()))
            }
            _ => None,
        })
        .collect()
}

fn tokens_of_pattern(pattern: &PatternSpec, tokens: &mut Vec<(String, usize)>) {
    match pattern {
        PatternSpec::Text(template)
        | PatternSpec::Regex(template)
        | PatternSpec::Exactly(template) => tokens.extend(tokens_of(template)),
        PatternSpec::AnyOf(members) | PatternSpec::AllOf(members) => {
            for member in members {
                tokens_of_pattern(member, tokens);
            }
        }
        _ => {}
    }
}
