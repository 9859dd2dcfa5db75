//! Who acts in a scenario: programs in a terminal or on pipes, and the TCP and UDP peers that Viva plays.
//!
//! An actor does what it is told and reports what happens to it; it must not know YAML, scenarios or what is expected,
//! and it never writes the transcript: the engine's dispatcher numbers what is reported here.

mod program;
mod reading;
mod tcp;
mod terminal;
mod udp;

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::transcript::{ActorId, Channel, EventKind};

pub use program::{END_OF_FILE, Keys, Program, StartError};
pub use reading::KEPT;
pub use tcp::{Connection, Listener, Writer, connect};
pub use udp::Datagrams;

/// What actors tell the dispatcher.
#[derive(Debug)]
pub enum Report {
    /// Something happened to this actor.
    Event(ActorId, EventKind),
    /// A datagram came to this actor.
    Datagram {
        /// To whom.
        actor: ActorId,
        /// In which of its sequences.
        channel: Channel,
        /// From where.
        from: SocketAddr,
        /// What.
        data: Vec<u8>,
    },
    /// The server behind a proxy was reached for one of its clients, or not.
    Reached {
        /// The way of that client.
        actor: ActorId,
        /// The server.
        to: SocketAddr,
        /// The connection to it.
        outcome: io::Result<TcpStream>,
    },
    /// Somebody connected to this listener.
    Arrived {
        /// The listener.
        listener: ActorId,
        /// The connection.
        stream: TcpStream,
        /// From where.
        from: SocketAddr,
    },
    /// A system call has failed that no program can make fail.
    Trouble {
        /// Which.
        doing: &'static str,
        /// How.
        error: io::Error,
    },
}

/// Where actors report to.
pub type Reports = UnboundedSender<Report>;

/// Where the dispatcher hears them.
pub type Hearing = UnboundedReceiver<Report>;
