//! What has come where: whoever keeps an old answer gives it again.

use memchr::memmem;

use crate::transcript::{ActorId, Channel, EventKind};

use super::ledger::find_ignoring_case;
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
}
