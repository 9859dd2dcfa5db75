//! Wrong programs made of right ones: a mutant alters what comes from the programs of a scenario, between them and Viva.
//!
//! It must not know what the scenario expects. What it did is counted, so that a mutant that found nothing to alter is told
//! from one that nobody noticed.

use std::collections::HashMap;

use crate::scenario::{Conventions, Mutation, Transport};
use crate::transcript::{ActorId, Channel, Data, EventKind, ExitStatus, MessageKind};
use crate::wire::Framing;

use super::garbling::{first_half, garbled, spoiled};

/// A mutation at work in one run.
#[derive(Debug)]
pub(super) struct Mutant {
    mutation: Mutation,
    conventions: (Transport, Framing),
    /// How many events it has altered.
    pub(super) altered: usize,
    /// Who talks to the programs, in the order in which they came.
    peers: Vec<ActorId>,
    /// How many messages have come to each.
    counts: HashMap<ActorId, usize>,
    first: HashMap<ActorId, Vec<u8>>,
    held: HashMap<ActorId, Vec<u8>>,
    /// What Viva has sent and typed.
    sent: Vec<Vec<u8>>,
    /// Who has sent something that nobody has got yet.
    sender: Option<ActorId>,
    closed: Vec<ActorId>,
}

/// The code that a close frame has instead: an error in the program.
const OTHER_CODE: u16 = 1011;

type Told = Vec<(ActorId, EventKind)>;

impl Mutant {
    pub(super) fn new(mutation: Mutation, conventions: &Conventions) -> Self {
        Mutant {
            mutation,
            conventions: match conventions.transport {
                Transport::WebSocket => (Transport::WebSocket, Framing::Raw),
                other => (other, conventions.message),
            },
            altered: 0,
            peers: Vec::new(),
            counts: HashMap::new(),
            first: HashMap::new(),
            held: HashMap::new(),
            sent: Vec::new(),
            sender: None,
            closed: Vec::new(),
        }
    }

    /// Takes notice of what Viva does.
    pub(super) fn sees(&mut self, actor: ActorId, kind: &EventKind) {
        match kind {
            EventKind::Connected { .. } | EventKind::Accepted { .. } => {
                self.peers.retain(|peer| *peer != actor);
                self.peers.push(actor);
                self.closed.retain(|closed| *closed != actor);
                self.counts.remove(&actor);
                self.held.remove(&actor);
            }
            EventKind::Sent(data) | EventKind::Typed(data) => {
                // Who talks to somebody that has left would have been answered.
                self.altered += usize::from(self.closed.contains(&actor));
                let text = data.0.trim_ascii();
                if !text.is_empty() {
                    self.sent.push(text.to_vec());
                }
                if matches!(kind, EventKind::Sent(_)) {
                    self.sender = Some(actor);
                }
            }
            EventKind::Closed | EventKind::Reset => {
                self.peers.retain(|peer| *peer != actor);
            }
            _ => {}
        }
    }

    /// What becomes of something that has come from a program. `begun`: the steps have begun; before, programs ask for their
    /// settings.
    pub(super) fn alter(&mut self, actor: ActorId, kind: EventKind, begun: bool) -> Told {
        let before = kind.clone();
        let told = match kind {
            EventKind::Received(Data(bytes)) => self.received(actor, bytes),
            EventKind::ReceivedMessage { kind, data } => self.received_message(actor, kind, data),
            EventKind::Printed { channel, data } if begun => self.printed(actor, channel, data.0),
            EventKind::PeerClosed {
                channel: Channel::Wire,
            } => match self.mutation {
                _ if self.closed.contains(&actor) => Vec::new(),
                Mutation::ResetsInstead => vec![(actor, EventKind::PeerReset)],
                Mutation::NeverCloses => Vec::new(),
                _ => {
                    let mut told = self.let_go_of(actor);
                    told.push((actor, before.clone()));
                    told
                }
            },
            other => vec![(actor, other)],
        };
        if matches!(before, EventKind::PeerClosed { .. } | EventKind::PeerReset) {
            self.peers.retain(|peer| *peer != actor);
        }
        // What it holds back only for a while is altered when two have changed places, and a connection that ends early when there
        // is more to come.
        let is_same = self.mutation == Mutation::SwapsFirstTwo
            || self.mutation == Mutation::ClosesEarly
            || matches!(told.as_slice(), [(who, what)] if *who == actor && *what == before);
        self.altered += usize::from(!is_same);
        told
    }

    /// What it has only held back, now that nothing else is going to happen.
    pub(super) fn let_go(&mut self) -> Told {
        if self.mutation != Mutation::SwapsFirstTwo {
            return Vec::new();
        }
        let actors: Vec<ActorId> = self.held.keys().copied().collect();
        actors
            .into_iter()
            .flat_map(|actor| self.let_go_of(actor))
            .collect()
    }

    fn let_go_of(&mut self, actor: ActorId) -> Told {
        let held = match self.mutation {
            Mutation::SwapsFirstTwo => self.held.remove(&actor),
            _ => None,
        };
        held.map(|bytes| (actor, EventKind::Received(Data(bytes))))
            .into_iter()
            .collect()
    }

    /// How a program ends.
    pub(super) fn exit(&mut self, status: ExitStatus) -> ExitStatus {
        match (self.mutation, status) {
            (Mutation::ExitsWithOne, ExitStatus::Code(0)) => {
                self.altered += 1;
                ExitStatus::Code(1)
            }
            _ => status,
        }
    }

    fn received(&mut self, actor: ActorId, bytes: Vec<u8>) -> Told {
        let mut told = Vec::new();
        let (transport, framing) = self.conventions;
        for message in messages(bytes, framing) {
            // An empty datagram tells nobody anything: a wrong program goes wrong with the next one.
            if message.is_empty() {
                told.push((actor, EventKind::Received(Data(message))));
                continue;
            }
            let count = self.counts.entry(actor).or_default();
            *count += 1;
            let count = *count;
            for (to, message) in self.message(actor, message, count) {
                told.push((to, EventKind::Received(Data(message))));
            }
            if self.mutation == Mutation::ClosesEarly && !self.closed.contains(&actor) {
                self.closed.push(actor);
                let channel = Channel::Wire;
                told.push((actor, EventKind::PeerClosed { channel }));
            }
        }
        match transport {
            Transport::WebSocket if self.mutation == Mutation::ChangesKind => {
                let binary = |told| match told {
                    EventKind::Received(data) => EventKind::ReceivedMessage {
                        kind: MessageKind::Binary,
                        data,
                    },
                    other => other,
                };
                let told = told.into_iter();
                told.map(|(actor, told)| (actor, binary(told))).collect()
            }
            Transport::Udp | Transport::WebSocket => told,
            Transport::Tcp => {
                let is_empty = |kind: &EventKind| matches!(kind, EventKind::Received(Data(bytes)) if bytes.is_empty());
                told.retain(|(_, kind)| !is_empty(kind));
                joined(told)
            }
        }
    }

    /// A message of WebSocket that is no text.
    fn received_message(&mut self, actor: ActorId, kind: MessageKind, data: Data) -> Told {
        match (self.mutation, kind) {
            _ if self.closed.contains(&actor) => {
                // More did come.
                self.altered += 1;
                Vec::new()
            }
            (Mutation::LosesPongs, MessageKind::Pong)
            | (Mutation::ClosesWithoutFrame, MessageKind::Close) => Vec::new(),
            (Mutation::OtherCloseCode, MessageKind::Close) => {
                let data = Data(OTHER_CODE.to_be_bytes().to_vec());
                vec![(actor, EventKind::ReceivedMessage { kind, data })]
            }
            (Mutation::ChangesKind, MessageKind::Binary) => {
                vec![(actor, EventKind::Received(data))]
            }
            // What is held back keeps no kind.
            (
                Mutation::SwapsFirstTwo | Mutation::OneLate | Mutation::RepeatsFirst,
                MessageKind::Binary,
            ) => vec![(actor, EventKind::ReceivedMessage { kind, data })],
            (_, MessageKind::Binary) => {
                let binary = |told| match told {
                    EventKind::Received(data) => EventKind::ReceivedMessage { kind, data },
                    other => other,
                };
                let told = self.received(actor, data.0).into_iter();
                told.map(|(actor, told)| (actor, binary(told))).collect()
            }
            _ => vec![(actor, EventKind::ReceivedMessage { kind, data })],
        }
    }

    fn message(
        &mut self,
        actor: ActorId,
        message: Vec<u8>,
        count: usize,
    ) -> Vec<(ActorId, Vec<u8>)> {
        let nobody = Vec::new();
        let as_it_is = |message: Vec<u8>| vec![(actor, message)];
        let several = self.peers.len() > 1;
        match self.mutation {
            Mutation::LosesFirst if count == 1 => nobody,
            Mutation::LosesAllButFirst if count > 1 => nobody,
            Mutation::LosesEveryThird if count.is_multiple_of(3) => nobody,
            Mutation::Doubles => vec![(actor, message.clone()), (actor, message)],
            Mutation::DoublesFirst if count == 1 => {
                vec![(actor, message.clone()), (actor, message)]
            }
            Mutation::SwapsFirstTwo if count == 1 => {
                self.held.insert(actor, message);
                nobody
            }
            Mutation::SwapsFirstTwo => {
                let held = self.held.remove(&actor);
                self.altered += usize::from(held.is_some());
                let held = held.map(|held| (actor, held));
                std::iter::once((actor, message)).chain(held).collect()
            }
            Mutation::OneLate => {
                let held = self.held.insert(actor, message);
                held.map(|held| (actor, held)).into_iter().collect()
            }
            Mutation::RepeatsFirst => {
                let first = self.first.entry(actor).or_insert(message);
                vec![(actor, first.clone())]
            }
            Mutation::BackToSender => match self.sender.take() {
                Some(sender) if sender != actor && self.is_there(sender) => {
                    vec![(actor, message.clone()), (sender, message)]
                }
                _ => as_it_is(message),
            },
            Mutation::ForgetsFirstPeer if several && self.peers.first() == Some(&actor) => nobody,
            Mutation::ForgetsLastPeer if several && self.peers.last() == Some(&actor) => nobody,
            Mutation::WrongPeer if several => {
                let place = self.peers.iter().position(|peer| *peer == actor);
                let next = place.map_or(0, |place| (place + 1) % self.peers.len());
                vec![(self.peers[next], message)]
            }
            Mutation::LosesNotices if self.is_notice(&message) => nobody,
            Mutation::DoublesNotices if self.is_notice(&message) => {
                vec![(actor, message.clone()), (actor, message)]
            }
            Mutation::ClosesEarly if self.closed.contains(&actor) => {
                self.altered += 1;
                nobody
            }
            _ => as_it_is(garbled(self.mutation, message)),
        }
    }

    /// Whether something can still come to it: over UDP nobody leaves.
    fn is_there(&self, actor: ActorId) -> bool {
        self.conventions.0 == Transport::Udp || self.peers.contains(&actor)
    }

    /// Whether a message holds nothing that Viva has sent or typed.
    fn is_notice(&self, message: &[u8]) -> bool {
        // Blanks are no notice: somebody has sent them, by themselves or around something.
        if message.trim_ascii().is_empty() {
            return false;
        }
        // A word as short as a number that answers a prompt may stand in any address.
        let holds = |sent: &Vec<u8>| match sent.len() {
            0..3 => message.trim_ascii() == sent,
            _ => memchr::memmem::find(message, sent).is_some(),
        };
        !self.sent.iter().any(holds)
    }

    fn printed(&mut self, actor: ActorId, channel: Channel, bytes: Vec<u8>) -> Told {
        let mut told = Vec::new();
        for line in messages(bytes, Framing::Line) {
            let count = self.counts.entry(actor).or_default();
            *count += 1;
            let lines = match self.mutation {
                Mutation::PrintsNothing => vec![],
                Mutation::PrintsOnlyFirst if *count > 1 => vec![],
                Mutation::PrintsTwice => vec![line.clone(), line],
                Mutation::PrintsHalf => vec![first_half(line)],
                Mutation::PrintsSpoiled => vec![spoiled(line)],
                _ => vec![line],
            };
            for line in lines.into_iter().filter(|line| !line.is_empty()) {
                let data = Data(line);
                told.push((actor, EventKind::Printed { channel, data }));
            }
        }
        joined(told)
    }
}

/// Messages of what came in one piece, as far as they can be told apart; the framing is left with each.
fn messages(bytes: Vec<u8>, framing: Framing) -> Vec<Vec<u8>> {
    match framing {
        Framing::Line | Framing::Crlf => bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect(),
        _ => vec![bytes],
    }
}

/// What comes to the same actor one after another comes at once, as it did.
fn joined(told: Told) -> Told {
    let mut joined: Told = Vec::new();
    for (actor, kind) in told {
        match (joined.last_mut(), kind) {
            (Some((last, EventKind::Received(before))), EventKind::Received(more))
                if *last == actor =>
            {
                before.0.extend(more.0);
            }
            (
                Some((
                    last,
                    EventKind::Printed {
                        channel,
                        data: before,
                    },
                )),
                EventKind::Printed {
                    channel: same,
                    data: more,
                },
            ) if *last == actor && *channel == same => before.0.extend(more.0),
            (_, kind) => joined.push((actor, kind)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: ActorId = ActorId(1);
    const BOB: ActorId = ActorId(2);
    const SERVER: ActorId = ActorId(0);

    fn mutant(mutation: Mutation) -> Mutant {
        let mut mutant = Mutant::new(mutation, &Conventions::default());
        for (peer, to) in [(ALICE, "1"), (BOB, "2")] {
            mutant.sees(peer, &EventKind::Connected { to: to.to_owned() });
        }
        mutant
    }

    fn received(text: &str) -> EventKind {
        EventKind::Received(Data(text.as_bytes().to_vec()))
    }

    fn message(kind: MessageKind, data: &[u8]) -> EventKind {
        let data = Data(data.to_vec());
        EventKind::ReceivedMessage { kind, data }
    }

    #[test]
    fn messages_of_websocket_are_altered_one_by_one() {
        let conventions = Conventions {
            transport: Transport::WebSocket,
            ..Conventions::default()
        };
        let altered = |mutation, kind| {
            let mut mutant = Mutant::new(mutation, &conventions);
            mutant.alter(BOB, kind, true)
        };
        let binary = message(MessageKind::Binary, b"mango");
        let close = message(MessageKind::Close, b"\x03\xe8bye");
        let twice = vec![(BOB, received("mango")), (BOB, received("mango"))];
        assert_eq!(altered(Mutation::Doubles, received("mango")), twice);
        let kinds = [
            (received("mango"), binary.clone()),
            (binary.clone(), received("mango")),
        ];
        for (from, to) in kinds {
            assert_eq!(altered(Mutation::ChangesKind, from), [(BOB, to)]);
        }
        let half = message(MessageKind::Binary, b"ma");
        assert_eq!(altered(Mutation::LosesHalf, binary), [(BOB, half)]);
        assert_eq!(altered(Mutation::ClosesWithoutFrame, close.clone()), []);
        let other = message(MessageKind::Close, b"\x03\xf3");
        assert_eq!(
            altered(Mutation::OtherCloseCode, close.clone()),
            [(BOB, other)]
        );
        assert_eq!(altered(Mutation::LosesPongs, close.clone()), [(BOB, close)]);
        let pong = message(MessageKind::Pong, b"plum");
        assert_eq!(altered(Mutation::LosesPongs, pong), []);
    }

    /// What comes of a conversation, in one line.
    fn told(mutation: Mutation, heard: &[(ActorId, EventKind)]) -> String {
        let mut mutant = mutant(mutation);
        mutant.sees(ALICE, &EventKind::Sent(Data(b"mango".to_vec())));
        let mut all: Told = Vec::new();
        for (actor, kind) in heard {
            all.extend(mutant.alter(*actor, kind.clone(), true));
        }
        all.extend(mutant.let_go());
        let shown = all.into_iter().map(|(actor, kind)| match kind {
            EventKind::Received(data) | EventKind::Printed { data, .. } => {
                format!("{} {}", actor.0, String::from_utf8_lossy(&data.0))
            }
            other => format!("{} {other:?}", actor.0),
        });
        shown.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn messages_are_lost_doubled_swapped_and_led_astray() {
        let heard = [
            (BOB, received("mango")),
            (BOB, received("left")),
            (ALICE, received("plum")),
        ];
        for (mutation, expected) in [
            (Mutation::LosesFirst, "2 left"),
            (Mutation::LosesAllButFirst, "2 mango|1 plum"),
            (Mutation::Doubles, "2 mangomango|2 leftleft|1 plumplum"),
            (Mutation::SwapsFirstTwo, "2 leftmango|1 plum"),
            (Mutation::OneLate, "2 mango"),
            (Mutation::RepeatsFirst, "2 mango|2 mango|1 plum"),
            (Mutation::BackToSender, "2 mango|1 mango|2 left|1 plum"),
            (Mutation::ForgetsFirstPeer, "2 mango|2 left"),
            (Mutation::ForgetsLastPeer, "1 plum"),
            (Mutation::WrongPeer, "1 mango|1 left|2 plum"),
            (Mutation::LosesNotices, "2 mango"),
            (Mutation::DoublesNotices, "2 mango|2 leftleft|1 plumplum"),
        ] {
            assert_eq!(told(mutation, &heard), expected, "{mutation:?}");
        }
        // Blanks around what was sent may come by themselves.
        assert_eq!(
            told(Mutation::DoublesNotices, &[(BOB, received(" "))]),
            "2  "
        );
    }

    #[test]
    fn every_mutation_alters_something_that_programs_do() {
        let screen = |text: &str| EventKind::Printed {
            channel: Channel::Screen,
            data: Data(text.as_bytes().to_vec()),
        };
        let channel = Channel::Wire;
        let long = "x".repeat(2000);
        let heard = [
            (BOB, received("mango 芒果\n")),
            (BOB, received(&long)),
            (BOB, received("mango again\n")),
            (ALICE, received("left")),
            (SERVER, screen("芒果\n")),
            (SERVER, screen("again\n")),
            (BOB, message(MessageKind::Binary, b"mango")),
            (BOB, message(MessageKind::Pong, b"plum")),
            (BOB, message(MessageKind::Close, b"\x03\xe8")),
            (BOB, EventKind::PeerClosed { channel }),
        ];
        for (name, mutation) in Mutation::ALL {
            let mut mutant = mutant(*mutation);
            mutant.sees(ALICE, &EventKind::Sent(Data(b"mango".to_vec())));
            for (actor, kind) in &heard {
                mutant.alter(*actor, kind.clone(), true);
            }
            mutant.exit(ExitStatus::Code(0));
            assert!(mutant.altered > 0, "{name}");
        }
    }

    #[test]
    fn what_is_told_before_the_first_step_is_left_alone_on_the_screen() {
        let mut mutant = mutant(Mutation::PrintsNothing);
        let prompt = EventKind::Printed {
            channel: Channel::Screen,
            data: Data(b"port: ".to_vec()),
        };
        assert_eq!(
            mutant.alter(SERVER, prompt.clone(), false),
            [(SERVER, prompt)]
        );
        assert_eq!(mutant.altered, 0);
    }
}
