//! What a sentence may want to know about a failure beyond the failure itself: who is a program, who has which address,
//! whether anything had come before.

use crate::transcript::{ActorInfo, ActorKind, Channel, EventKind, Miss, Transcript};
use crate::verdict::{Actual, Expected, Failure, Note};

use super::words;

/// A failure and the transcript that it is about.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) failure: &'a Failure,
    pub(crate) transcript: &'a Transcript,
}

/// Whether Viva runs this actor's program.
pub(super) fn is_program(kind: &ActorKind) -> bool {
    match kind {
        ActorKind::TerminalProgram | ActorKind::PipedProgram | ActorKind::RunningProgram => true,
        ActorKind::TcpClient
        | ActorKind::TcpServer
        | ActorKind::TcpLink
        | ActorKind::UdpClient
        | ActorKind::UdpServer
        | ActorKind::TcpProxy
        | ActorKind::UdpProxy
        | ActorKind::WebSocketClient
        | ActorKind::WebSocketServer
        | ActorKind::WebSocketLink => false,
    }
}

impl<'a> About<'a> {
    /// What else is known, but for last words, which stand apart, and for what is said already as what came.
    pub(crate) fn notes(&self) -> impl Iterator<Item = &'a Note> {
        let failure = self.failure;
        failure.notes.iter().filter(|note| match note {
            Note::LastWords { .. } => false,
            Note::Ended { .. } => !matches!(failure.actual, Actual::Exited(_)),
            _ => true,
        })
    }

    /// Whether the notes name the mistake itself and what to do about it: the hint of the scenario, which is about the mistake that mostly makes it fail, would
    /// lead away from it.
    pub(crate) fn names_the_mistake(&self) -> bool {
        let failure = self.failure;
        let broken =
            failure.miss == Miss::NotStarted && matches!(failure.actual, Actual::Exited(_));
        let is_named = |note: &Note| match note {
            Note::CameBefore { .. }
            | Note::CameAlong { .. }
            | Note::TalksToItself { .. }
            | Note::ReadsLines { .. }
            | Note::Unflushed { .. }
            | Note::UnknownPrompt { .. }
            | Note::OtherEncoding { .. } => true,
            Note::LastWords { text, .. } => {
                words::remedy(&text.0).is_some_and(words::Remedy::is_slip)
            }
            _ => false,
        };
        broken || failure.notes.iter().any(is_named)
    }

    /// The name of the actor whose sequence the failure is about.
    pub(crate) fn actor(&self) -> &'a str {
        &self.failure.subject.actor
    }

    fn info(&self, name: &str) -> Option<&'a ActorInfo> {
        self.transcript.actors.iter().find(|info| info.name == name)
    }

    /// Whether the actor of that name is a program.
    pub(crate) fn is_program(&self, name: &str) -> bool {
        if name == self.failure.subject.actor {
            return self.failure.subject.program;
        }
        self.info(name).is_some_and(|info| is_program(&info.kind))
    }

    /// The program that peers talk to, if there is just one.
    pub(crate) fn program(&self) -> Option<&'a str> {
        if self.failure.subject.program {
            return Some(self.actor());
        }
        let mut programs = self
            .transcript
            .actors
            .iter()
            .filter(|info| is_program(&info.kind));
        match (programs.next(), programs.next()) {
            (Some(only), None) => Some(&only.name),
            _ => None,
        }
    }

    /// The address of the actor of that name, `ip:port`.
    pub(crate) fn address(&self, name: &str) -> Option<&'a str> {
        self.info(name)?.address.as_deref()
    }

    /// The program that has ended: the one that a note names, else the failure's own, else the only one.
    pub(crate) fn ended(&self) -> Option<&'a str> {
        if self.failure.subject.program {
            return Some(self.actor());
        }
        let noted = self.failure.notes.iter().find_map(|note| match note {
            Note::Ended { actor, .. } => Some(actor.as_str()),
            _ => None,
        });
        noted.or(self.program())
    }

    /// Whether anything at all has come on the sequence that the failure is about.
    pub(crate) fn heard(&self) -> bool {
        let subject = &self.failure.subject;
        self.transcript.events.iter().any(|event| {
            let same = self
                .transcript
                .actors
                .get(event.actor.0)
                .is_some_and(|info| info.name == subject.actor);
            same && match &event.kind {
                EventKind::Printed { channel, data } => {
                    *channel == subject.channel && !data.0.is_empty()
                }
                EventKind::Received(_) | EventKind::ReceivedMessage { .. } => {
                    subject.channel == Channel::Wire
                }
                EventKind::Came { channel, .. } => *channel == subject.channel,
                _ => false,
            }
        })
    }

    /// Whether what came is what the actor had sent.
    pub(crate) fn own_message(&self) -> bool {
        let own = |note: &Note| matches!(note, Note::OwnMessage { .. });
        self.failure.notes.iter().any(own)
    }

    /// Whether the end of a program is what was expected.
    pub(crate) fn wants_end(&self) -> bool {
        matches!(self.failure.expected, Expected::Exit(_) | Expected::Stopped)
    }

    /// Whether a program has ended, as far as the failure knows.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.failure.actual, Actual::Exited(_))
            || self
                .failure
                .notes
                .iter()
                .any(|note| matches!(note, Note::Ended { .. }))
    }

    /// Whether a peer is connected, but the program has nothing to do with it.
    pub(crate) fn is_unserved(&self) -> bool {
        self.failure.miss == Miss::Refused && self.failure.subject.channel == Channel::Wire
    }

    /// Whether something was expected to come.
    pub(crate) fn wants_content(&self) -> bool {
        matches!(
            self.failure.expected,
            Expected::Text(_)
                | Expected::Exactly(_)
                | Expected::Regex(_)
                | Expected::Message { .. }
                | Expected::AtLeast { .. }
                | Expected::AnyOf(_)
                | Expected::AllOf(_)
        )
    }

    /// Whether nothing was expected but a number of bytes, or not so many.
    pub(crate) fn counts_bytes(&self) -> bool {
        match &self.failure.expected {
            Expected::Not(inner) => matches!(**inner, Expected::AtLeast { .. }),
            expected => matches!(expected, Expected::AtLeast { .. }),
        }
    }

    /// Whether something was expected not to come.
    pub(crate) fn wants_absence(&self) -> bool {
        matches!(self.failure.expected, Expected::Not(_) | Expected::Silence)
    }

    /// The bytes that were expected, or expected not to come, where they are known letter by letter.
    pub(crate) fn text(&self) -> Option<&'a [u8]> {
        fn text(expected: &Expected) -> Option<&[u8]> {
            match expected {
                Expected::Text(data) | Expected::Exactly(data) => Some(&data.0),
                Expected::File { content, .. } => Some(&content.0),
                Expected::Not(inner) | Expected::Prompt(inner) => text(inner),
                Expected::AnyOf(all) | Expected::AllOf(all) => match all.as_slice() {
                    [only] => text(only),
                    _ => None,
                },
                Expected::Regex(_)
                | Expected::AtLeast { .. }
                | Expected::Silence
                | Expected::Closed { .. }
                | Expected::Exit(_)
                | Expected::Listening
                | Expected::Bound
                | Expected::Connected
                | Expected::ProgramFile { .. }
                | Expected::Build
                | Expected::Connection { .. }
                | Expected::Accept
                | Expected::Message { .. }
                | Expected::Handshake { .. }
                | Expected::Frames
                | Expected::Response(_)
                | Expected::Taken { .. }
                | Expected::Stopped
                | Expected::Sockets { .. }
                | Expected::ListensAt { .. }
                | Expected::BoundTo { .. }
                | Expected::AllRead { .. }
                | Expected::Datagrams { .. }
                | Expected::NoMore { .. }
                | Expected::Idle
                | Expected::Signalled(_)
                | Expected::InTime { .. } => None,
            }
        }
        text(&self.failure.expected).filter(|text| !text.is_empty())
    }

    /// The word that came more often than it should, where that is the failure.
    pub(crate) fn repeated(&self) -> Option<&'a str> {
        if self.failure.miss != Miss::Duplicate {
            return None;
        }
        self.failure.notes.iter().find_map(|note| match note {
            Note::Counted { word, .. } => Some(word.as_str()),
            _ => None,
        })
    }

    /// How many bytes came, where what came is the beginning of what was expected and no more.
    pub(crate) fn only_beginning(&self) -> Option<usize> {
        let Actual::Bytes {
            data,
            difference: Some(difference),
            ..
        } = &self.failure.actual
        else {
            return None;
        };
        let end = difference.start.checked_add(difference.agrees)?;
        let ends = difference.agrees > 0 && end >= data.0.len();
        ends.then_some(difference.agrees)
    }

    /// How many bytes came, where bytes came.
    pub(crate) fn came(&self) -> Option<usize> {
        match &self.failure.actual {
            Actual::Bytes { total, data, .. } => Some((*total).max(data.0.len())),
            _ => None,
        }
    }
}
