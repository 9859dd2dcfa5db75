//! Why an expectation was missed: which kind of miss it is, and what else is known.

use memchr::memmem;
use tokio::time::Instant;

use crate::transcript::{
    ActorId, Channel, Data, Difference, EventKind, ExitStatus, MessageKind, Miss, Pattern, Proof,
    Read, ResponseFault, close_code, closest, in_other_encoding,
};
use crate::verdict::{Actual, Expected, Failure, Note, StepRef};
use crate::wire::Violation;

use super::endings::is_bad;
use super::play::{Run, Stop};
use super::player::Part;
use super::stream::{Look, Stream};

/// How much of what came a failure keeps, in bytes.
const KEPT: usize = 8 << 10;

/// An attempt to settle a step.
pub(super) struct Attempt {
    pub(super) step: StepRef,
    pub(super) id: ActorId,
    pub(super) on: Option<Channel>,
    pub(super) began: Instant,
}

impl Attempt {
    /// One that begins now.
    pub(super) fn new(id: ActorId, step: &StepRef) -> Self {
        Attempt {
            step: step.clone(),
            id,
            on: None,
            began: Instant::now(),
        }
    }
}

/// What ended the wait for an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It was waited for in vain.
    InVain(Proof),
    /// It can't come any more, whatever comes.
    Ended,
    /// Every program that could have sent it has ended.
    Gone,
    /// More came than is kept.
    Flooded,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(Box::new(failure))
    }
}

impl Run<'_> {
    /// A failure without notes.
    pub(super) fn failure(
        &self,
        attempt: &Attempt,
        expected: Expected,
        actual: Actual,
        miss: Miss,
        proof: Proof,
    ) -> Failure {
        Failure {
            step: attempt.step.clone(),
            subject: self.subject(attempt.id, attempt.on),
            expected,
            actual,
            miss,
            proof,
            after_ms: attempt.began.elapsed().as_millis() as u64,
            event: None,
            notes: Vec::new(),
        }
    }

    /// A failure because the other side has ended or closed.
    pub(super) async fn ended_failure(
        &mut self,
        attempt: &Attempt,
        expected: Expected,
        actual: Actual,
        proof: Proof,
    ) -> Failure {
        self.gather().await;
        let notes = self.endings();
        let crashed = notes.iter().any(|note| matches!(note, Note::Ended { .. }));
        let mut failure = self.failure(
            attempt,
            expected,
            actual,
            if crashed { Miss::Crashed } else { Miss::Closed },
            proof,
        );
        failure.notes = notes;
        failure
    }

    /// Why `expected` was missed.
    pub(super) async fn explain(
        &mut self,
        attempt: Attempt,
        pattern: &Pattern,
        expected: Expected,
        why: Why,
    ) -> Stop {
        if !matches!(why, Why::InVain(_)) {
            self.gather().await;
        }
        let endings = self.endings();
        let player = self.stage.player(attempt.id);
        let channel = player.channel(attempt.on);
        let Some(stream) = player.stream(channel) else {
            return self
                .failure(
                    &attempt,
                    expected,
                    Actual::Nothing,
                    Miss::Never,
                    Proof::Deadline,
                )
                .into();
        };
        let proof = match why {
            Why::InVain(proof) => proof,
            Why::Flooded => Proof::Flooded,
            Why::Gone => Proof::Exited,
            Why::Ended if player.is_program() && player.exit.is_some() => Proof::Exited,
            Why::Ended if stream.ended => Proof::Closed,
            Why::Ended => Proof::Matched,
        };
        let (mut miss, mut actual) = match &expected {
            Expected::Exit(_) => match player.exit {
                Some(status) if is_bad(status) => (Miss::Crashed, Actual::Exited(status)),
                Some(status) => (Miss::Unexpected, Actual::Exited(status)),
                None => (Miss::NotEnded, Actual::StillOpen),
            },
            Expected::Closed { .. } if stream.ended => (Miss::Unexpected, Actual::Closed),
            Expected::Closed { .. } => (Miss::NotEnded, Actual::StillOpen),
            _ => self.kind_of_miss(stream, pattern, &expected, player.exit, !endings.is_empty()),
        };
        let mut notes = Vec::new();
        if let Some(violation) = self.violation_of(attempt.id)
            && stream.broken
        {
            (miss, actual) = (Miss::Unexpected, Actual::Violation(violation.clone()));
        }
        if let Some(fault) = response_fault(stream, &expected) {
            (miss, actual) = (Miss::Unexpected, Actual::Response(fault));
        }
        notes.extend(of_messages(stream, &expected));
        if proof == Proof::Flooded {
            let is_here = stream.repeated_after(0).is_some();
            miss = if is_here { Miss::Flooded } else { miss };
            notes.extend(self.babble(attempt.id));
        }
        let babbles = notes
            .iter()
            .any(|note| matches!(note, Note::Repeats { .. }));
        if why == Why::Flooded {
            miss = Miss::Flooded;
            notes.extend((!babbles).then(|| Note::Flood {
                actor: self.writer_to(attempt.id),
                kept: stream.len(),
            }));
            if matches!(actual, Actual::Nothing) {
                actual = Actual::Bytes {
                    data: Data(tail(stream.unread())),
                    difference: None,
                    total: stream.unread().len(),
                };
            }
        }
        if let Some(text) = text_of(&expected).filter(|text| !text.is_empty() && !stream.broken) {
            if let Ok(text) = std::str::from_utf8(text)
                && let Some(name) = in_other_encoding(text, stream.unread())
                && name != self.variables.conventions.encoding.name()
            {
                miss = Miss::WrongEncoding;
                notes.push(Note::OtherEncoding {
                    name: name.to_owned(),
                });
            }
            let bytes = bytes_of(pattern).unwrap_or(text);
            let again = self.answered_before((attempt.id, channel), stream, bytes);
            notes.extend(again.map(|step| Note::CameBefore { step }));
            // Who babbles has shown it, and not got as far as sending it.
            if !babbles {
                self.elsewhere(attempt.id, bytes, &mut miss, &mut notes);
            }
        }
        if let Expected::Exit(_) | Expected::Closed { .. } = expected
            && miss == Miss::NotEnded
        {
            let programs = self
                .stage
                .players
                .iter()
                .filter(|player| player.is_program() && player.exit.is_none());
            notes.extend(programs.map(|player| Note::StillRunning {
                actor: player.name.clone(),
            }));
        }
        notes.extend(endings);
        if player.is_program()
            && channel == Channel::Stdout
            && stream.len() == 0
            && player.exit.is_none()
        {
            notes.push(Note::MayBeUnflushed {
                actor: player.name.clone(),
            });
        }
        if miss == Miss::Unexpected && notes.is_empty() {
            notes.extend(self.ledger.sender(attempt.id, stream.unread(), self));
        }
        let event = stream
            .event_at(stream.len().saturating_sub(1))
            .filter(|_| !stream.unread().is_empty());
        let mut failure = self.failure(&attempt, expected, actual, miss, proof);
        failure.event = event;
        failure.notes = notes;
        failure.into()
    }

    /// What comes over and over: to this actor, or else to any.
    fn babble(&self, id: ActorId) -> Option<Note> {
        let others = (0..self.stage.players.len()).map(ActorId);
        let mut all = std::iter::once(id).chain(others);
        all.find_map(|id| {
            let mut streams = self.stage.player(id).streams.iter();
            let repeated = streams.find_map(|(_, stream)| stream.repeated_after(0))?;
            Some(repeated.told_of(self.writer_to(id)))
        })
    }

    /// How what this actor has received breaks the rules of WebSocket.
    pub(super) fn violation_of(&self, id: ActorId) -> Option<&Violation> {
        self.stage.player(id).talk.as_ref()?.violation()
    }

    fn kind_of_miss(
        &self,
        stream: &Stream,
        pattern: &Pattern,
        expected: &Expected,
        exit: Option<ExitStatus>,
        crashed: bool,
    ) -> (Miss, Actual) {
        let unread = stream.unread();
        let text = bytes_of(pattern).or(text_of(expected)).unwrap_or_default();
        let ended = || match exit {
            Some(status) => Actual::Exited(status),
            None if stream.reset => Actual::Reset,
            None if stream.ended => Actual::Closed,
            None => Actual::Nothing,
        };
        if stream.is_divided() && !text.is_empty() {
            if holds(stream.partial(), text) {
                return (Miss::NoNewline, shown(unread, None));
            }
            if let Some(last) = stream.last_message().filter(|last| holds(last, text)) {
                return (Miss::Merged, shown(last, None));
            }
            let joined: Vec<u8> = stream.unread_messages().flatten().copied().collect();
            if holds(&joined, text) {
                return (Miss::Split, shown(unread, None));
            }
        }
        let difference = if text.is_empty() {
            None
        } else {
            closest(text, unread)
        };
        match (
            unread.is_empty(),
            difference,
            crashed,
            stream.ended || exit.is_some(),
        ) {
            (false, Some(difference), _, _) => (Miss::Unexpected, shown(unread, Some(difference))),
            (true, _, true, _) => (Miss::Crashed, ended()),
            (true, _, false, true) => (Miss::Closed, ended()),
            (true, _, false, false) => (Miss::Never, Actual::Nothing),
            (false, None, true, _) => (Miss::Crashed, shown(unread, None)),
            (false, None, false, true) => (Miss::Closed, shown(unread, None)),
            (false, None, false, false) if matches!(expected, Expected::Exactly(_)) => {
                (Miss::Unexpected, shown(unread, None))
            }
            (false, None, false, false) => (Miss::Never, shown(unread, None)),
        }
    }

    /// Whether the text was seen at somebody else's.
    fn elsewhere(&self, id: ActorId, text: &[u8], miss: &mut Miss, notes: &mut Vec<Note>) {
        let me = self.stage.player(id);
        let (mut shown, mut came) = (Vec::new(), false);
        for player in self
            .stage
            .players
            .iter()
            .filter(|player| player.name != me.name)
        {
            for (channel, stream) in &player.streams {
                if !matches!(
                    stream.look_from(&Pattern::Bytes(text.to_vec()), 0, None),
                    Look::Hit(_)
                ) {
                    continue;
                }
                let is_line = matches!(player.part, Part::Proxy(_));
                if player.is_program() || is_line {
                    let seen = Note::SeenElsewhere {
                        actor: player.name.clone(),
                        channel: *channel,
                    };
                    if is_line {
                        notes.push(seen);
                    } else if !me.is_program() {
                        shown.push(seen);
                    }
                } else if !me.is_program() {
                    let awaited = self.ledger.awaits(&player.base, text, self);
                    if !awaited && *miss == Miss::Never {
                        *miss = Miss::WrongPeer;
                    }
                    came = true;
                    notes.push(Note::CameTo {
                        actor: player.name.clone(),
                        sent: self.has_sent(&player.name, text),
                    });
                }
            }
        }
        // What came to somebody was sent, whatever stands on a screen.
        if !came {
            notes.extend(shown);
        }
        notes.truncate(4);
    }

    /// Whether this actor has sent this itself.
    fn has_sent(&self, actor: &str, text: &[u8]) -> bool {
        let mut events = self.stage.transcript.events.iter();
        events.any(|event| match &event.kind {
            EventKind::Sent(data) => {
                self.stage.player(event.actor).name == actor
                    && memmem::find(&data.0, text).is_some()
            }
            _ => false,
        })
    }

    /// The program that writes what comes to this actor, if there is just one; else the actor itself.
    pub(super) fn writer_to(&self, id: ActorId) -> String {
        let own = self.stage.player(id);
        let mut programs = self
            .stage
            .players
            .iter()
            .filter(|player| player.is_program());
        match (own.is_program(), programs.next(), programs.next()) {
            (false, Some(only), None) => only.name.clone(),
            _ => own.name.clone(),
        }
    }
}

/// What unread messages of WebSocket tell of one that is missing: that it came as another kind, or that one came that closes.
fn of_messages(stream: &Stream, expected: &Expected) -> Vec<Note> {
    let (wanted, payload) = match expected {
        Expected::Text(data) | Expected::Exactly(data) => (MessageKind::Text, &data.0),
        Expected::Message { kind, data } => (*kind, &data.0),
        _ => return Vec::new(),
    };
    let note = |(came, data): (MessageKind, &[u8])| match (came, data) {
        (MessageKind::Close, data) => Some(Note::ClosedWith {
            code: close_code(data),
            reason: Data(data.get(2..).unwrap_or_default().to_vec()),
        }),
        (came, data) if came != wanted && !payload.is_empty() && holds(data, payload) => {
            let expected = wanted;
            Some(Note::OtherKind { expected, came })
        }
        _ => None,
    };
    stream.unread_kinds().filter_map(note).take(2).collect()
}

/// What is wrong with the response that came, as far as it came.
fn response_fault(stream: &Stream, expected: &Expected) -> Option<ResponseFault> {
    let Expected::Response(response) = expected else {
        return None;
    };
    match response.read(stream.unread(), stream.ended) {
        Read::Wrong(fault) => Some(fault),
        Read::Is(_) | Read::NotYet => response.missing(stream.unread()),
    }
}

fn text_of(expected: &Expected) -> Option<&[u8]> {
    match expected {
        Expected::Text(data) | Expected::Exactly(data) => Some(&data.0),
        _ => None,
    }
}

fn bytes_of(pattern: &Pattern) -> Option<&[u8]> {
    match pattern {
        Pattern::Bytes(bytes) | Pattern::Exactly(bytes) => Some(bytes),
        _ => None,
    }
}

fn holds(hay: &[u8], needle: &[u8]) -> bool {
    memmem::find(hay, needle).is_some()
}

fn tail(bytes: &[u8]) -> Vec<u8> {
    bytes[bytes.len().saturating_sub(KEPT)..].to_vec()
}

/// What came, cut around the difference.
fn shown(unread: &[u8], difference: Option<Difference>) -> Actual {
    let total = unread.len();
    let Some(difference) = difference else {
        return Actual::Bytes {
            data: Data(tail(unread)),
            difference: None,
            total,
        };
    };
    let wrong = difference.start + difference.agrees;
    // What is right stays whole, so that its length is a place in the expected text.
    let from = difference.start.saturating_sub(KEPT / 2);
    let to = (wrong + KEPT / 2).min(total);
    let cut = Difference {
        start: difference.start - from,
        agrees: difference.agrees,
        end: difference.end.clamp(from, to) - from,
    };
    Actual::Bytes {
        data: Data(unread[from..to].to_vec()),
        difference: Some(cut),
        total,
    }
}
