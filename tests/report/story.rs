//! Results of scenarios, told by hand.

use std::time::Duration;

use viva::diagnostic::{Localized, Place};
use viva::transcript::{
    ActorId, ActorInfo, ActorKind, Channel, Data, Difference, Event, EventKind, Miss, Proof,
    Transcript,
};
use viva::verdict::{
    Actual, Doing, Expected, Failure, Kind, Note, Outcome, ScenarioResult, Standing, StepRef,
    Subject, Unread,
};

pub(crate) fn data(text: &str) -> Data {
    Data(text.as_bytes().to_vec())
}

/// A place that marks `marked` in `excerpt`.
pub(crate) fn place(file: &str, line: usize, excerpt: &str, marked: &str) -> Place {
    let at = excerpt.find(marked).unwrap_or(0);
    Place {
        file: file.to_owned(),
        line,
        column: excerpt[..at].chars().count() + 1,
        width: marked.chars().count(),
        excerpt: excerpt.to_owned(),
    }
}

/// A transcript in the making.
pub(crate) struct Story {
    transcript: Transcript,
}

impl Story {
    pub(crate) fn empty() -> Story {
        Story {
            transcript: Transcript::default(),
        }
    }

    /// A server in a terminal that listens, and peers that are connected.
    pub(crate) fn hub(peers: &[&str]) -> Story {
        let mut story = Story::empty();
        story.actor("server", ActorKind::TerminalProgram, Some("127.0.0.1:9999"));
        for (index, peer) in peers.iter().enumerate() {
            let address = format!("127.0.0.1:{}", 40112 + 2 * index);
            story.actor(peer, ActorKind::TcpClient, Some(&address));
        }
        story.started("server", None);
        story.happened(
            "server",
            EventKind::Listening {
                address: "127.0.0.1:9999".to_owned(),
            },
            None,
        );
        for peer in peers {
            story.happened(
                peer,
                EventKind::Connected {
                    to: "127.0.0.1:9999".to_owned(),
                },
                None,
            );
        }
        story
    }

    pub(crate) fn echo() -> Story {
        Story::hub(&["alice"])
    }

    /// A client in a terminal that is connected to a server of Viva.
    pub(crate) fn client() -> Story {
        let mut story = Story::empty();
        story.actor("hub", ActorKind::TcpServer, Some("127.0.0.1:10001"));
        story.actor("client", ActorKind::TerminalProgram, None);
        story.actor("link", ActorKind::TcpLink, Some("127.0.0.1:10001"));
        story.happened(
            "hub",
            EventKind::Listening {
                address: "127.0.0.1:10001".to_owned(),
            },
            None,
        );
        story.started("client", None);
        story.happened(
            "link",
            EventKind::Accepted {
                from: "127.0.0.1:40112".to_owned(),
            },
            Some(0),
        );
        story
    }

    pub(crate) fn actor(&mut self, name: &str, kind: ActorKind, address: Option<&str>) {
        self.transcript.actors.push(ActorInfo {
            name: name.to_owned(),
            kind,
            address: address.map(str::to_owned),
        });
    }

    /// Adds an event, tells its number.
    pub(crate) fn happened(&mut self, actor: &str, kind: EventKind, step: Option<usize>) -> usize {
        let number = self.transcript.events.len() + 1;
        let named = |info: &ActorInfo| info.name == actor;
        let actor = self.transcript.actors.iter().position(named);
        self.transcript.events.push(Event {
            number,
            at: Duration::from_micros(80_000 + 700 * number as u64),
            actor: ActorId(actor.expect("an actor of the story")),
            step,
            kind,
        });
        number
    }

    pub(crate) fn started(&mut self, actor: &str, step: Option<usize>) -> usize {
        let command = ["python3", "chat_server.py"].map(str::to_owned).to_vec();
        self.happened(actor, EventKind::Started { command }, step)
    }

    pub(crate) fn sent(&mut self, actor: &str, text: &str, step: usize) -> usize {
        self.happened(actor, EventKind::Sent(data(text)), Some(step))
    }

    pub(crate) fn received(&mut self, actor: &str, text: &str, step: usize) -> usize {
        self.happened(actor, EventKind::Received(data(text)), Some(step))
    }

    pub(crate) fn typed(&mut self, actor: &str, text: &str, step: usize) -> usize {
        self.happened(actor, EventKind::Typed(data(text)), Some(step))
    }

    pub(crate) fn printed(&mut self, actor: &str, text: &str, step: usize) -> usize {
        let kind = EventKind::Printed {
            channel: Channel::Screen,
            data: data(text),
        };
        self.happened(actor, kind, Some(step))
    }

    /// The step that failed, and whose sequence it is about.
    pub(crate) fn failed(self, actor: &str, number: usize, excerpt: &str, marked: &str) -> Ending {
        Ending {
            failure: Failure {
                step: StepRef {
                    number,
                    place: place("broadcast.yaml", 12 + number, excerpt, marked),
                    ..StepRef::default()
                },
                subject: Subject {
                    actor: actor.to_owned(),
                    channel: Channel::Wire,
                    program: false,
                },
                expected: Expected::Silence,
                actual: Actual::Nothing,
                miss: Miss::Never,
                proof: Proof::Quiescent,
                after_ms: 0,
                event: None,
                notes: Vec::new(),
            },
            result: ScenarioResult {
                lab: "hub".to_owned(),
                scenario: "broadcast".to_owned(),
                title: Localized {
                    en: Some("A message reaches everyone but its sender".to_owned()),
                    zh: Some("消息到达除发送者以外的所有人".to_owned()),
                },
                submission: Some(".".to_owned()),
                kind: Kind::Core,
                points: 4.0,
                deducted: 0.0,
                outcome: Outcome::Passed,
                steps: Vec::new(),
                remarks: Vec::new(),
                hint: Localized::default(),
                seed: "7f3a".to_owned(),
                again: "run hub --only broadcast --seed 7f3a --submission ."
                    .split(' ')
                    .map(Into::into)
                    .collect(),
                layers: None,
                duration: Duration::from_millis(204),
                transcript: self.transcript,
            },
        }
    }
}

/// How a story ends.
pub(crate) struct Ending {
    failure: Failure,
    result: ScenarioResult,
}

impl Ending {
    pub(crate) fn program(mut self, channel: Channel) -> Ending {
        self.failure.subject.program = true;
        self.failure.subject.channel = channel;
        self
    }

    pub(crate) fn expected(mut self, expected: Expected) -> Ending {
        self.failure.expected = expected;
        self
    }

    pub(crate) fn actual(mut self, actual: Actual) -> Ending {
        self.failure.actual = actual;
        self
    }

    pub(crate) fn came(self, text: &str, difference: Option<Difference>) -> Ending {
        self.actual(Actual::Bytes {
            data: data(text),
            difference,
            total: text.len(),
        })
    }

    pub(crate) fn miss(mut self, miss: Miss, proof: Proof, after_ms: u64) -> Ending {
        self.failure.miss = miss;
        self.failure.proof = proof;
        self.failure.after_ms = after_ms;
        self
    }

    pub(crate) fn event(mut self, number: usize) -> Ending {
        self.failure.event = Some(number);
        self
    }

    pub(crate) fn note(mut self, note: Note) -> Ending {
        self.failure.notes.push(note);
        self
    }

    pub(crate) fn hint(mut self, en: &str, zh: &str) -> Ending {
        self.result.hint = Localized {
            en: Some(en.to_owned()),
            zh: Some(zh.to_owned()),
        };
        self
    }

    pub(crate) fn spec(mut self, spec: &str) -> Ending {
        self.failure.step.spec = Some(spec.to_owned());
        self
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Ending {
        self.result.kind = kind;
        self
    }

    pub(crate) fn done(self) -> ScenarioResult {
        ScenarioResult {
            outcome: Outcome::Failed(Box::new(self.failure)),
            ..self.result
        }
    }
}

pub(crate) fn standing(actor: &str, doing: Vec<Doing>) -> Standing {
    Standing {
        actor: actor.to_owned(),
        doing,
        unread: Vec::new(),
        unaccepted: 0,
        dropped: 0,
        unclosed: Vec::new(),
        threads: 2,
        descriptors: 7,
    }
}

pub(crate) fn stood(actor: &str, doing: Vec<Doing>, unread: &[(&str, usize)]) -> Note {
    let unread = unread.iter().map(|(from, bytes)| Unread {
        from: (*from).to_owned(),
        bytes: *bytes,
        datagrams: None,
    });
    Note::Stood(Standing {
        unread: unread.collect(),
        ..standing(actor, doing)
    })
}

pub(crate) fn datagrams(from: &str, count: usize, bytes: usize) -> Unread {
    Unread {
        from: from.to_owned(),
        bytes,
        datagrams: Some(count),
    }
}

pub(crate) fn receives(from: &[&str]) -> Doing {
    Doing::Receive {
        from: from.iter().map(|name| (*name).to_owned()).collect(),
    }
}
