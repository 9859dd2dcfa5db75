//! Who acts in a scenario while it is played: each actor's own part, its streams and how it ended.
//!
//! Holds values only: what happens to a player is the work of the dispatcher ([`super::stage`]) and of the steps.

use std::collections::VecDeque;
use std::net::SocketAddr;

use tokio::net::TcpStream;

use crate::actor::{Connection, Datagrams, Listener, Program};
use crate::scenario::{Connects, Transport};
use crate::transcript::{ActorId, Channel, ExitStatus};

use super::prompts::Unanswered;
use super::relay::Relay;
use super::stream::Stream;
use super::websocket::Talk;

/// What plays an actor.
pub(super) enum Part {
    /// A program of the box.
    Program(ProgramPart),
    /// A program that was running already, at this address.
    Running(SocketAddr),
    /// A TCP client of Viva, or a connection that a server of Viva took.
    Connection(Option<Connection>),
    /// A TCP server of Viva; it may listen at several addresses, since programs dial what they like.
    Server {
        listeners: Vec<Listener>,
        arrived: VecDeque<(TcpStream, SocketAddr)>,
    },
    /// A UDP client or server of Viva: its sockets, and whom it writes to from which of them.
    Datagrams {
        sockets: Vec<Datagrams>,
        to: Option<(usize, SocketAddr)>,
    },
    /// A line of Viva between clients and a server, or the way of one of them through it.
    Proxy(Box<Relay>),
}

/// A program and what the kernel told of it.
#[derive(Default)]
pub(super) struct ProgramPart {
    pub(super) role: usize,
    pub(super) program: Option<Program>,
    pub(super) watched: bool,
    /// Where it can be reached, see [`super::address::reachable`].
    pub(super) listening: Vec<SocketAddr>,
    pub(super) bound: Vec<SocketAddr>,
    pub(super) dialled: Vec<SocketAddr>,
    /// The server of Viva that it shall dial.
    pub(super) to: Option<ActorId>,
    /// `ip`, `port`, `file` and the variables of `with`.
    pub(super) own: Vec<(String, String)>,
    /// One of its prompts was answered.
    pub(super) was_answered: bool,
    /// The prompts that it may still ask.
    pub(super) unanswered: Vec<Unanswered>,
    /// What it printed before, in bytes, was read as a prompt and answered.
    pub(super) answered_upto: usize,
    /// The port it was asked to listen on.
    pub(super) asked: u16,
}

/// An actor while it acts.
pub(super) struct Player {
    pub(super) name: String,
    /// Its name without the number of its place in a crowd, and that number, from 1.
    pub(super) base: String,
    pub(super) index: usize,
    pub(super) part: Part,
    pub(super) connects: Option<Connects>,
    /// What a server of Viva takes connections of.
    pub(super) listens: Transport,
    /// What it says and hears are messages of WebSocket.
    pub(super) talk: Option<Talk>,
    pub(super) streams: Vec<(Channel, Stream)>,
    pub(super) exit: Option<ExitStatus>,
    /// How many bytes it has sent (typed), for reports.
    pub(super) sent: usize,
}

impl Player {
    pub(super) fn new(name: &str, part: Part) -> Self {
        Player {
            name: name.to_owned(),
            base: name.to_owned(),
            index: 1,
            part,
            connects: None,
            listens: Transport::Tcp,
            talk: None,
            streams: Vec::new(),
            exit: None,
            sent: 0,
        }
    }

    /// Whether it is a program.
    pub(super) fn is_program(&self) -> bool {
        matches!(self.part, Part::Program(_) | Part::Running(_))
    }

    /// The channel that `on` means for this actor.
    pub(super) fn channel(&self, on: Option<Channel>) -> Channel {
        let has = |channel| self.streams.iter().any(|(own, _)| *own == channel);
        match on {
            Some(channel) if has(channel) => channel,
            // A terminal shows both; on pipes the screen is standard output.
            _ => self
                .streams
                .first()
                .map_or(Channel::Wire, |(channel, _)| *channel),
        }
    }

    pub(super) fn stream(&self, channel: Channel) -> Option<&Stream> {
        self.streams
            .iter()
            .find(|(own, _)| *own == channel)
            .map(|(_, stream)| stream)
    }

    pub(super) fn stream_mut(&mut self, channel: Channel) -> Option<&mut Stream> {
        self.streams
            .iter_mut()
            .find(|(own, _)| *own == channel)
            .map(|(_, stream)| stream)
    }
}
