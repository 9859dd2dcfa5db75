//! What a proxy is while it relays: its setting, who has come to its gate, and the way of each client through it.
//!
//! A proxy is an actor, and so is each further client's way through it. Holds values only: [`super::relaying`] moves them.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use tokio::net::TcpStream;

use crate::actor::{Connection, Datagrams, Listener};
use crate::observe::SocketTable;
use crate::scenario::Transport;
use crate::transcript::{ActorId, Channel};
use crate::wire::{Fault, Line};

use super::stream::{Form, Stream};

/// What a proxy is, as the scenario says.
pub(super) struct Setting {
    /// The actor that keeps its gate.
    pub(super) first: ActorId,
    pub(super) name: String,
    pub(super) transport: Transport,
    /// Where it leads to.
    pub(super) to: String,
    /// The faults of both directions.
    pub(super) faults: [Vec<Fault>; 2],
    pub(super) seed: u64,
    pub(super) form: Form,
}

/// A proxy, or the way of one more client through it.
pub(super) struct Relay {
    pub(super) setting: Arc<Setting>,
    /// Where clients come in; only the first actor of a proxy has any.
    pub(super) listeners: Vec<Listener>,
    pub(super) sockets: Vec<Datagrams>,
    pub(super) waiting: VecDeque<Arrival>,
    pub(super) crossing: Option<Crossing>,
}

/// A client that has come in, and is not yet on its way.
pub(super) enum Arrival {
    Connection(TcpStream, SocketAddr),
    Datagram(Vec<u8>, SocketAddr),
}

/// The way of a client through a proxy.
pub(super) struct Crossing {
    pub(super) client: SocketAddr,
    pub(super) ends: Ends,
    /// To the server and to the client.
    pub(super) ways: [Way; 2],
}

pub(super) enum Ends {
    /// The connections to the client and to the server.
    Streams([Option<Connection>; 2]),
    /// The socket that the server sees.
    Datagrams(Datagrams, SocketAddr),
}

pub(super) struct Way {
    pub(super) line: Line,
    /// What is passed on, as far as it has not yet found room.
    pub(super) unwritten: Vec<u8>,
    /// Nobody listens at its end yet.
    pub(super) shut: bool,
}

/// Where what crosses in a direction goes.
pub(super) const WAYS: [Channel; 2] = [Channel::ToServer, Channel::ToClient];

/// What all proxies of a stage share.
#[derive(Default)]
pub(super) struct Lines {
    /// Whether there are any.
    pub(super) any: bool,
    /// Where it shows whether something was read.
    pub(super) table: Option<SocketTable>,
    pub(super) resetting: Vec<Connection>,
    /// Servers that are being reached, and how many looks in vain are still allowed.
    pub(super) reaching: usize,
    pub(super) patience: usize,
}

impl Relay {
    pub(super) fn new(setting: Arc<Setting>) -> Self {
        Relay {
            setting,
            listeners: Vec::new(),
            sockets: Vec::new(),
            waiting: VecDeque::new(),
            crossing: None,
        }
    }

    /// Where clients reach it.
    pub(super) fn local(&self) -> Option<SocketAddr> {
        let listener = self.listeners.first().map(|listener| listener.local);
        listener.or_else(|| self.sockets.first().map(|socket| socket.local))
    }

    /// Whether a client has come.
    pub(super) fn was_reached(&self) -> bool {
        self.crossing.is_some() || !self.waiting.is_empty()
    }

    /// Whether this is what a program sees at the other end of its socket at `local`.
    pub(super) fn is_at(&self, local: SocketAddr, remote: SocketAddr) -> bool {
        let of = |connection: &Connection| connection.local == remote && connection.remote == local;
        match self.crossing.as_ref().map(|crossing| &crossing.ends) {
            Some(Ends::Streams(ends)) => ends.iter().flatten().any(of),
            Some(Ends::Datagrams(socket, _)) => socket.local == remote,
            None => self.sockets.iter().any(|socket| socket.local == remote),
        }
    }

    pub(super) fn waits_for_time(&self) -> bool {
        let mut ways = self.crossing.iter().flat_map(|crossing| &crossing.ways);
        ways.any(|way| way.line.waits_for_time())
    }

    /// What it reads.
    pub(super) fn ears(&self) -> Vec<BorrowedFd<'_>> {
        let mut ears: Vec<_> = self.listeners.iter().map(Listener::descriptor).collect();
        ears.extend(self.sockets.iter().filter_map(Datagrams::descriptor));
        match self.crossing.as_ref().map(|crossing| &crossing.ends) {
            Some(Ends::Streams(ends)) => {
                ears.extend(ends.iter().flatten().filter_map(Connection::descriptor));
            }
            Some(Ends::Datagrams(socket, _)) => ears.extend(socket.descriptor()),
            None => {}
        }
        ears
    }
}

impl Setting {
    pub(super) fn is_stream(&self) -> bool {
        self.transport == Transport::Tcp
    }

    /// The two directions of its line for its client of this number.
    pub(super) fn ways(&self, number: usize) -> [Way; 2] {
        let way = |index: usize, shut| Way {
            line: Line::new(
                self.faults[index].clone(),
                self.is_stream(),
                self.seed.wrapping_add((2 * number + index) as u64),
            ),
            unwritten: Vec::new(),
            shut,
        };
        [way(0, self.is_stream()), way(1, false)]
    }
}

impl Crossing {
    /// Whether the last that went this way has been read.
    pub(super) fn is_read(&self, way: usize, table: Option<&mut SocketTable>) -> bool {
        let (Ends::Streams(ends), Some(table)) = (&self.ends, table) else {
            return true;
        };
        let Some(end) = &ends[1 - way] else {
            return true;
        };
        table.is_read(end.local, end.remote)
    }
}

/// What crosses a line, one sequence for each direction.
pub(super) fn line_streams(form: Form) -> Vec<(Channel, Stream)> {
    WAYS.map(|channel| (channel, Stream::new(form))).into()
}
