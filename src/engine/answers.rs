//! What has come where: whoever keeps an old answer gives it again.

use memchr::memmem;

use crate::transcript::{ActorId, Channel, EventKind, Miss};
use crate::verdict::{Expected, Failure, Note};

use super::ledger::{count_ignoring_case, find_ignoring_case};
use super::play::Run;
use super::stream::Stream;

/// Shorter texts come again by chance.
const SHORTEST: usize = 4;

/// Longer ones are not kept.
const LONGEST: usize = 64 << 10;

/// The texts that were expected to the letter and came, the latest last. Whatever fits one of several patterns may well come again: a notice, a prompt.
#[derive(Default)]
pub(super) struct Answers(Vec<Answer>);

struct Answer {
    id: ActorId,
    channel: Channel,
    /// The number of the step that expected it.
    step: usize,
    text: Vec<u8>,
}

impl Answers {
    /// This text came, as `step` expected.
    pub(super) fn came(&mut self, id: ActorId, channel: Channel, step: usize, text: &[u8]) {
        if (SHORTEST..=LONGEST).contains(&text.len()) {
            self.0.push(Answer {
                id,
                channel,
                step,
                text: text.to_vec(),
            });
        }
    }
}

impl Run<'_> {
    /// The step whose answer came once more instead of `expected`, since somebody has said something again. What a program shows again and again, such as a
    /// prompt, is none: only texts of which the scenario has made the words.
    pub(super) fn answered_before(
        &self,
        (id, channel): (ActorId, Channel),
        stream: &Stream,
        expected: &[u8],
    ) -> Option<usize> {
        let is_said = |kind: &EventKind| matches!(kind, EventKind::Sent(_) | EventKind::Typed(_));
        let mut events = self.stage.transcript.events.iter();
        let said = events.rfind(|event| is_said(&event.kind))?;
        let words = self.variables.tokens.all();
        let is_own = |answer: &Answer| {
            let holds = |word: &&str| find_ignoring_case(&answer.text, word.as_bytes()).is_some();
            channel == Channel::Wire || words.iter().any(holds)
        };
        let came_again = |answer: &Answer| {
            let at = memmem::find(stream.unread(), &answer.text);
            let event = at.and_then(|at| stream.event_at(stream.consumed() + at));
            event.is_some_and(|event| event > said.number)
        };
        let mut answers = self.answers.0.iter().rev().filter(|answer| {
            (answer.id, answer.channel) == (id, channel)
                && memmem::find(expected, &answer.text).is_none()
        });
        let found = answers.find(|answer| is_own(answer) && came_again(answer));
        found.map(|answer| answer.step)
    }

    /// What came too often may be an old answer, which comes again when something else is said; or each answer comes twice, and so does the new one. Which it
    /// is shows when the programs have come to rest.
    pub(super) fn tell_old_from_double(&self, failure: &mut Failure) {
        if let Some(note) = self.old_answer(failure) {
            failure.notes.insert(0, note);
        }
    }

    fn old_answer(&self, failure: &Failure) -> Option<Note> {
        if (failure.miss, failure.subject.channel) != (Miss::Duplicate, Channel::Wire) {
            return None;
        }
        let counted = failure.notes.iter().find_map(|note| match note {
            Note::Counted { word, .. } => Some(word.as_bytes()),
            _ => None,
        });
        let text = counted.or(match &failure.expected {
            Expected::Not(inner) => match &**inner {
                Expected::Text(text) => Some(&text.0),
                _ => None,
            },
            _ => None,
        })?;
        let id = *self.stage.named(&failure.subject.actor).first()?;
        let mut events = self.stage.transcript.events.iter().rev();
        let (number, said) = events.find_map(|event| match &event.kind {
            EventKind::Sent(data) if event.actor == id => Some((event.number, &data.0)),
            _ => None,
        })?;
        let stream = self.stage.player(id).stream(Channel::Wire)?;
        let since = stream.slice(stream.offset_after(number)..stream.len());
        let words = self.variables.tokens.all();
        let new = words
            .iter()
            .filter(|word| !text.eq_ignore_ascii_case(word.as_bytes()));
        let new = new.filter_map(|word| {
            let times = count_ignoring_case(said, word.as_bytes());
            (times > 0).then(|| (times, count_ignoring_case(since, word.as_bytes())))
        });
        let new = Vec::from_iter(new);
        if find_ignoring_case(since, text).is_none() || new.iter().any(|(times, came)| came > times)
        {
            return None;
        }
        if find_ignoring_case(said, text).is_some() {
            let goes_on = new.iter().any(|(_, came)| *came > 0);
            return goes_on.then_some(Note::CameAlong { step: None });
        }
        let mut answers = self.answers.0.iter().rev();
        let step = answers
            .find(|answer| answer.id == id && find_ignoring_case(&answer.text, text).is_some())?
            .step;
        Some(match new.iter().any(|(_, came)| *came > 0) {
            true => Note::CameAlong { step: Some(step) },
            false => Note::CameBefore { step },
        })
    }
}
