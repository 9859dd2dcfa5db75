//! Why a scenario failed: codes and arguments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Place;
use crate::observe::{Resource, TcpState};
pub use crate::transcript::Difference;
use crate::transcript::{
    Channel, Data, ExitStatus, MessageKind, Miss, Proof, Response, ResponseFault,
};
use crate::wire::{HandshakeFault, Violation};

use super::{Note, StepRef, Unread};

/// Whose sequence an expectation is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// The actor's name.
    pub actor: String,
    /// Which of its sequences.
    pub channel: Channel,
    /// Whether the actor is a program (else a peer that Viva plays).
    pub program: bool,
}

/// What was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// This text, anywhere in what is unread.
    Text(Data),
    /// This text with nothing before it.
    Exactly(Data),
    /// A match of this regular expression.
    Regex(String),
    /// So many bytes or more, whatever they are.
    AtLeast {
        /// How many.
        bytes: usize,
    },
    /// A message of WebSocket that is no text; of one that closes: what its payload begins with.
    Message {
        /// What it is.
        kind: MessageKind,
        /// Its payload.
        data: Data,
    },
    /// This response of HTTP, before anything else.
    Response(Response),
    /// One of these.
    AnyOf(Vec<Expected>),
    /// All of these.
    AllOf(Vec<Expected>),
    /// Not this (`never`).
    Not(Box<Expected>),
    /// Not one byte (`silent`).
    Silence,
    /// The end of the connection, by reset if `reset`.
    Closed {
        /// Only a reset will do.
        reset: bool,
    },
    /// The end of the program; `None`: any status.
    Exit(Option<ExitStatus>),
    /// A file with this content.
    File {
        /// Its name.
        name: String,
        /// What it must hold.
        content: Data,
        /// Nothing else may be in it.
        whole: bool,
    },
    /// That the program listens (TCP).
    Listening,
    /// That the program binds its UDP socket.
    Bound,
    /// That the program connects to Viva.
    Connected,
    /// That the program asks for input.
    Prompt(Box<Expected>),
    /// That the submission holds a program for this role.
    ProgramFile {
        /// The role.
        role: String,
        /// The names that were looked for.
        find: Vec<String>,
    },
    /// That the program could be built.
    Build,
    /// That a connection is established to this address.
    Connection {
        /// `ip:port`
        to: String,
    },
    /// That the program dials this listener of Viva.
    Accept,
    /// That the program does its part of WebSocket's handshake: it answers a client, or asks a server of Viva.
    Handshake {
        /// The program is the client.
        asks: bool,
    },
    /// That what the program sends is frames of WebSocket.
    Frames,
    /// That the program takes what it is sent.
    Taken {
        /// How many bytes were to be sent.
        bytes: usize,
    },
    /// That the program's end is noticed by its parent at all (`stop`).
    Stopped,
    /// That so many of the program's TCP sockets are in one of these states.
    Sockets {
        /// The states.
        states: Vec<TcpState>,
        /// Only those that it has accepted (or made), or has not accepted yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<bool>,
        /// How many.
        count: usize,
    },
    /// That the program listens (TCP) where this address reaches it.
    ListensAt {
        /// `ip:port`
        address: String,
        /// So many connections, or more, may wait to be accepted.
        backlog: Option<u32>,
    },
    /// That the program has bound a UDP socket that this address reaches.
    BoundTo {
        /// `ip:port`
        address: String,
    },
    /// That the program has read what has come for it, but for so many bytes.
    AllRead {
        /// So many may lie unread.
        but: usize,
    },
    /// That so many datagrams have come for the program and lie unread.
    Datagrams {
        /// How many.
        count: usize,
    },
    /// That the program has no more of something than after an earlier step.
    NoMore {
        /// Of what.
        of: Resource,
        /// The number of that step.
        step: usize,
        /// How many it had then.
        then: usize,
        /// So many more are let pass.
        spare: usize,
    },
    /// That the program waits without using processor time.
    Idle,
    /// That the program is there to be sent this signal.
    Signalled(i32),
    /// That the programs need no more time of their own for the whole scenario.
    InTime {
        /// So much, in milliseconds.
        limit_ms: u64,
    },
}

/// A TCP socket of a program, as a report names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SocketSeen {
    /// How far the connection is.
    pub state: TcpState,
    /// The peer at its other end: an actor's name, else `ip:port`; `None` for one that listens.
    pub with: Option<String>,
    /// Bytes that lie unread.
    pub unread: usize,
    /// Whether the program has accepted (or made) it.
    pub accepted: bool,
}

/// A TCP socket that listens, as a report names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListenerSeen {
    /// `ip:port`
    pub address: String,
    /// How many connections may wait to be accepted.
    pub backlog: u32,
}

/// What came instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actual {
    /// Nothing.
    Nothing,
    /// These unread bytes (capped around the difference), and where they first differ from what was expected.
    Bytes {
        /// What was unread.
        data: Data,
        /// The first difference to what was expected, where one can be told.
        difference: Option<Difference>,
        /// How many bytes were unread in all.
        total: usize,
    },
    /// The other side closed.
    Closed,
    /// The other side reset the connection.
    Reset,
    /// The program ended.
    Exited(ExitStatus),
    /// It is still running or open.
    StillOpen,
    /// Connecting failed with this errno of connect(2).
    Refused(i32),
    /// The file is missing or could not be read.
    NoFile,
    /// Only so many bytes were taken.
    Taken(usize),
    /// What the compiler said (its last lines).
    Build(Data),
    /// The build has left more than can be copied for each run.
    BuiltTooMuch {
        /// The file or folder that has most of it.
        mainly: String,
    },
    /// The system could not start it: errno of execve(2).
    NotExecutable(i32),
    /// These of the program's TCP sockets are in those states.
    Sockets(Vec<SocketSeen>),
    /// The program listens at these addresses (TCP).
    ListensAt(Vec<ListenerSeen>),
    /// The program has bound these addresses (UDP).
    BoundTo(Vec<String>),
    /// So many bytes have come for the program and lie unread.
    Unread(usize),
    /// These datagrams have come for the program and lie unread.
    Datagrams(Vec<Unread>),
    /// The program has so many (threads, descriptors).
    Has(usize),
    /// A handshake of WebSocket that is wrong.
    Handshake(HandshakeFault),
    /// A response of HTTP that is wrong, or another one.
    Response(ResponseFault),
    /// Bytes that are no frames of WebSocket.
    Violation(Violation),
    /// The program used processor time.
    Used {
        /// So much of it, in milliseconds.
        processor_ms: u64,
        /// Within so much time, in milliseconds.
        within_ms: u64,
    },
}

/// A failed step with everything that is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// Where in the scenario.
    pub step: StepRef,
    /// Whose sequence.
    pub subject: Subject,
    /// What was expected.
    pub expected: Expected,
    /// What came instead.
    pub actual: Actual,
    /// Which kind of miss.
    pub miss: Miss,
    /// What settled it.
    pub proof: Proof,
    /// Milliseconds from the start of the step until it was settled.
    pub after_ms: u64,
    /// Number of the event that shows the failure, if one does.
    pub event: Option<usize>,
    /// What else is known, the most telling first.
    pub notes: Vec<Note>,
}

impl Failure {
    /// Whether there was a program that could be run at all.
    pub fn has_program(&self) -> bool {
        !matches!(
            self.expected,
            Expected::ProgramFile { .. } | Expected::Build
        )
    }
}

/// Viva's or the machine's trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A system call of Viva failed.
    System {
        /// What Viva was doing: a fixed word such as `clone3`, `openpty`, `copy`.
        doing: String,
        /// The system's message.
        message: String,
    },
    /// An interpreter or compiler is not installed.
    Missing {
        /// Its name.
        program: String,
        /// Where it is demanded, if in a file.
        place: Option<Place>,
    },
    /// The scenario took longer than its limit for reasons that are not the program's.
    TooSlow,
    /// A variable had no value when it was needed.
    NoValue {
        /// Its name.
        name: String,
        /// Where.
        place: Place,
    },
    /// A text can't be written in the encoding of the conventions.
    Unencodable {
        /// The first character that can't.
        character: char,
        /// The encoding.
        encoding: String,
    },
    /// With its variables filled in, a regular expression is not one any more, or too big.
    Pattern {
        /// Where it stands.
        place: Place,
        /// What the regex library says.
        message: String,
    },
    /// With its variables filled in, an address is not one.
    Address {
        /// Where it stands.
        place: Place,
        /// What it is then.
        text: String,
    },
    /// The run was interrupted.
    Interrupted,
    /// A submission holds no file for a role that is no student's failure (e.g. the folder can't be read).
    Unreadable {
        /// Which path.
        path: String,
        /// The system's message.
        message: String,
    },
}

impl Trouble {
    /// That a system call failed while Viva was doing something: a fixed word.
    pub fn system(doing: &str, error: &std::io::Error) -> Self {
        Trouble::System {
            doing: doing.to_owned(),
            message: error.to_string(),
        }
    }
}
