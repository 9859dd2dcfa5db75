//! Who is at the other end of what an actor sends and gets, as far as the transcript tells.

use std::collections::HashMap;

use crate::report::about::is_program;
use crate::transcript::{ActorKind, Channel, EventKind, Transcript};

/// What is known about addresses and connections after some of the events.
pub(super) struct Ends<'a> {
    transcript: &'a Transcript,
    /// Who listens at a port, or has bound it.
    at: HashMap<u16, usize>,
    /// Who has last dialled a port.
    towards: HashMap<u16, usize>,
    /// The other end of an actor's only connection.
    linked: HashMap<usize, usize>,
}

/// From where to where something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// From the event's actor to this one; `None`: to somebody.
    To(Option<usize>),
    /// To the event's actor from this one; `None`: from somebody.
    From(Option<usize>),
}

impl<'a> Ends<'a> {
    pub(super) fn new(transcript: &'a Transcript) -> Ends<'a> {
        Ends {
            transcript,
            at: HashMap::new(),
            towards: HashMap::new(),
            linked: HashMap::new(),
        }
    }

    /// Learns from the event of this index, and tells which way it goes if it is one that crosses the network.
    ///
    /// Events must come in their order.
    pub(super) fn way(&mut self, index: usize) -> Option<Way> {
        let event = &self.transcript.events[index];
        let actor = event.actor.0;
        match &event.kind {
            EventKind::Listening { address } | EventKind::Bound { address } => {
                let port = port(address)?;
                self.at.insert(port, actor);
                None
            }
            EventKind::Dialled { address } => {
                self.towards.insert(port(address)?, actor);
                None
            }
            EventKind::Connected { to } | EventKind::Refused { to, .. } => {
                let port = port(to)?;
                let other = self.at.get(&port).copied().filter(|other| *other != actor);
                self.towards.insert(port, actor);
                if let Some(other) = other
                    && matches!(event.kind, EventKind::Connected { .. })
                {
                    self.linked.insert(actor, other);
                }
                Some(Way::To(other))
            }
            EventKind::Accepted { .. } => {
                let other = self.dialler(actor);
                if let Some(other) = other {
                    self.linked.entry(actor).or_insert(other);
                }
                Some(Way::From(other))
            }
            EventKind::Sent(_)
            | EventKind::SentMuch { .. }
            | EventKind::SentMessage { .. }
            | EventKind::Closed
            | EventKind::Reset => self.of_peer(actor).map(|other| Way::To(Some(other))),
            // That of a program is the end of its keyboard.
            EventKind::EndedInput => self.of_peer(actor).map(|other| Way::To(Some(other))),
            EventKind::Received(_)
            | EventKind::ReceivedMessage { .. }
            | EventKind::PeerReset
            | EventKind::PeerClosed {
                channel: Channel::Wire,
            } => self.of_peer(actor).map(|other| Way::From(Some(other))),
            EventKind::Came { channel, .. } | EventKind::Lost { channel, .. } => {
                if matches!(event.kind, EventKind::Lost { .. }) {
                    return None;
                }
                self.of_proxy(actor, *channel, true)
                    .map(|other| Way::From(Some(other)))
            }
            EventKind::PassedOn { channel, .. } | EventKind::PassedEnd { channel } => self
                .of_proxy(actor, *channel, false)
                .map(|other| Way::To(Some(other))),
            EventKind::Started { .. }
            | EventKind::Typed(_)
            | EventKind::Printed { .. }
            | EventKind::CutOff { .. }
            | EventKind::PeerClosed { .. }
            | EventKind::Reading(_)
            | EventKind::Signalled { .. }
            | EventKind::Exited(_)
            | EventKind::Flooded { .. } => None,
        }
    }

    fn kind(&self, actor: usize) -> Option<&'a ActorKind> {
        self.transcript.actors.get(actor).map(|info| &info.kind)
    }

    fn is_program(&self, actor: usize) -> bool {
        self.kind(actor).is_some_and(is_program)
    }

    /// The only actor that is like this.
    fn only(&self, is_wanted: impl Fn(&ActorKind) -> bool) -> Option<usize> {
        let actors = self.transcript.actors.iter().enumerate();
        let mut wanted = actors
            .filter(|(_, info)| is_wanted(&info.kind))
            .map(|(index, _)| index);
        match (wanted.next(), wanted.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Who dialled the port of this actor: else the only program.
    fn dialler(&self, actor: usize) -> Option<usize> {
        let address = self.transcript.actors.get(actor)?.address.as_deref();
        let dialled = address
            .and_then(port)
            .and_then(|port| self.towards.get(&port).copied());
        dialled
            .filter(|other| *other != actor)
            .or_else(|| self.only(is_program))
    }

    /// The other end of a peer, if the actor is one.
    fn of_peer(&self, actor: usize) -> Option<usize> {
        if let Some(other) = self.linked.get(&actor) {
            return Some(*other);
        }
        let is_line = |kind: &ActorKind| matches!(kind, ActorKind::UdpProxy);
        match self.kind(actor)? {
            ActorKind::UdpServer => {
                let address = self.transcript.actors[actor].address.as_deref();
                let dialled = address
                    .and_then(port)
                    .and_then(|port| self.towards.get(&port).copied());
                dialled
                    .or_else(|| self.only(is_line))
                    .or_else(|| self.only(is_program))
            }
            ActorKind::TcpClient
            | ActorKind::TcpLink
            | ActorKind::UdpClient
            | ActorKind::WebSocketClient
            | ActorKind::WebSocketLink => self.only(is_program),
            ActorKind::TerminalProgram
            | ActorKind::PipedProgram
            | ActorKind::RunningProgram
            | ActorKind::TcpServer
            | ActorKind::TcpProxy
            | ActorKind::UdpProxy
            | ActorKind::WebSocketServer => None,
        }
    }

    /// The program at one side of a proxy: from which something on its way there comes, or to which it goes. What peers do
    /// they tell themselves.
    fn of_proxy(&self, actor: usize, channel: Channel, comes: bool) -> Option<usize> {
        let at_client = matches!(
            (channel, comes),
            (Channel::ToServer, true) | (Channel::ToClient, false)
        );
        let address = self.transcript.actors.get(actor)?.address.as_deref();
        let own = address.and_then(port);
        let client = own.and_then(|port| self.towards.get(&port).copied());
        let other = if at_client {
            client
        } else {
            let listening = self.linked.get(&actor).copied();
            listening.or_else(|| {
                let mut others = self
                    .at
                    .values()
                    .filter(|other| **other != actor && Some(**other) != client);
                match (others.next(), others.next()) {
                    (Some(only), None) => Some(*only),
                    _ => None,
                }
            })
        };
        other.filter(|other| self.is_program(*other))
    }
}

fn port(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ends, Way};
    use crate::transcript::{
        ActorId, ActorInfo, ActorKind, Channel, Data, Event, EventKind, Transcript,
    };

    fn transcript(actors: &[(&str, ActorKind, &str)], kinds: &[(usize, EventKind)]) -> Transcript {
        Transcript {
            actors: actors
                .iter()
                .map(|(name, kind, address)| ActorInfo {
                    name: (*name).to_owned(),
                    kind: kind.clone(),
                    address: (!address.is_empty()).then(|| (*address).to_owned()),
                })
                .collect(),
            events: kinds
                .iter()
                .enumerate()
                .map(|(index, (actor, kind))| Event {
                    number: index + 1,
                    at: Duration::ZERO,
                    actor: ActorId(*actor),
                    step: None,
                    kind: kind.clone(),
                })
                .collect(),
        }
    }

    fn ways(transcript: &Transcript) -> Vec<Option<Way>> {
        let mut ends = Ends::new(transcript);
        (0..transcript.events.len())
            .map(|index| ends.way(index))
            .collect()
    }

    fn data() -> Data {
        Data(b"x".to_vec())
    }

    #[test]
    fn of_two_programs_a_client_talks_to_the_one_that_it_connected_to() {
        let listening = |address: &str| EventKind::Listening {
            address: address.to_owned(),
        };
        let transcript = transcript(
            &[
                ("one", ActorKind::TerminalProgram, ""),
                ("two", ActorKind::TerminalProgram, ""),
                ("alice", ActorKind::TcpClient, "127.0.0.1:40000"),
            ],
            &[
                (0, listening("0.0.0.0:1000")),
                (1, listening("0.0.0.0:2000")),
                (2, EventKind::Sent(data())),
                (
                    2,
                    EventKind::Connected {
                        to: "127.0.0.1:2000".to_owned(),
                    },
                ),
                (2, EventKind::Sent(data())),
                (2, EventKind::Received(data())),
                (1, EventKind::Typed(data())),
            ],
        );
        assert_eq!(
            ways(&transcript),
            [
                None,
                None,
                None,
                Some(Way::To(Some(1))),
                Some(Way::To(Some(1))),
                Some(Way::From(Some(1))),
                None
            ]
        );
    }

    #[test]
    fn a_line_stands_between_a_program_and_a_server() {
        let at = |address: &str| EventKind::Bound {
            address: address.to_owned(),
        };
        let transcript = transcript(
            &[
                ("hub", ActorKind::UdpServer, "127.0.0.1:5000"),
                ("line", ActorKind::UdpProxy, "127.0.0.1:6000"),
                ("client", ActorKind::TerminalProgram, ""),
            ],
            &[
                (0, at("127.0.0.1:5000")),
                (1, at("127.0.0.1:6000")),
                (
                    2,
                    EventKind::Dialled {
                        address: "127.0.0.1:6000".to_owned(),
                    },
                ),
                (
                    1,
                    EventKind::Came {
                        channel: Channel::ToServer,
                        data: data(),
                    },
                ),
                (
                    1,
                    EventKind::PassedOn {
                        channel: Channel::ToServer,
                        data: data(),
                    },
                ),
                (0, EventKind::Received(data())),
                (0, EventKind::Sent(data())),
                (
                    1,
                    EventKind::PassedOn {
                        channel: Channel::ToClient,
                        data: data(),
                    },
                ),
            ],
        );
        assert_eq!(
            ways(&transcript)[3..],
            [
                Some(Way::From(Some(2))),
                // The server tells itself that it got it.
                None,
                Some(Way::From(Some(1))),
                Some(Way::To(Some(1))),
                Some(Way::To(Some(2)))
            ]
        );
    }
}
