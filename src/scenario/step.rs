//! What a step asks for, once it is read. Plain values; how they are written is the business of `steps`, `actions` and `pattern`.

use std::time::Duration;

use crate::diagnostic::Place;
use crate::observe::{Resource, TcpState};
use crate::transcript::{Channel, ExitStatus};
use crate::wire::Cut;

use super::model::{At, Content, Template};

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Number from 1 in the order of the file, members of groups included and groups not; `finally` counts on.
    pub number: usize,
    /// Where it stands (the action's value).
    pub place: Place,
    /// `as:`
    pub label: Option<String>,
    /// `within:`
    pub within: Option<Duration>,
    /// `spec:`
    pub spec: Option<String>,
    /// What to do.
    pub kind: StepKind,
}

/// An action of an actor, or a group.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// One actor, one action.
    Act {
        /// The actor's name (a crowd's: a step of each).
        actor: String,
        /// The action.
        action: Action,
    },
    /// Members (all `expect`) in whatever order.
    AnyOrder(Vec<Step>),
}

/// What an actor does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start the program.
    Start,
    /// End the program.
    Stop,
    /// End it and start it again.
    Restart,
    /// Send it a signal (number).
    Signal(i32),
    /// Type this key: the byte.
    Key(u8),
    /// Connect.
    Connect,
    /// Take the next connection, which becomes an actor of this name.
    Accept(String),
    /// Type a line, or send messages.
    Send {
        /// What.
        payload: Payload,
        /// How it is cut.
        cut: Cut,
        /// Into which fragments a message of WebSocket is cut.
        fragments: Cut,
    },
    /// It comes.
    Expect {
        /// What.
        pattern: PatternSpec,
        /// Where, if not at the usual place.
        on: Option<Channel>,
        /// Keep the match under this name.
        capture: Option<String>,
    },
    /// It is so.
    Hold(Condition),
    /// It does not come.
    Never {
        /// What.
        pattern: PatternSpec,
        /// Where, if not at the usual place.
        on: Option<Channel>,
        /// Counted from the step of this name.
        since: Option<String>,
    },
    /// Not one byte comes.
    Silent {
        /// Where, if not at the usual place.
        on: Option<Channel>,
        /// Counted from the step of this name.
        since: Option<String>,
    },
    /// Go on reading, or stop.
    Reading(bool),
    /// Close a connection or listener in good order.
    Close,
    /// Close only the sending direction.
    CloseWrite,
    /// End a program's input.
    CloseStdin,
    /// Close with RST.
    Reset,
}

/// What a `send` sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Messages in one write (most often one), framed and encoded by the conventions.
    Messages(Vec<Template>),
    /// These bytes.
    Bytes(Vec<u8>),
    /// One binary message of WebSocket.
    Binary(Vec<u8>),
    /// A ping of WebSocket, of at most 125 bytes.
    Ping(Template),
    /// A pong of WebSocket, of at most 125 bytes.
    Pong(Template),
    /// A message of WebSocket that closes, with this code.
    CloseFrame(u16),
}

/// A pattern before its variables have values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternSpec {
    /// Text anywhere.
    Text(Template),
    /// A regular expression; expressions in it are taken literally.
    Regex(Template),
    /// Text with nothing before it.
    Exactly(Template),
    /// Bytes anywhere.
    Bytes(Vec<u8>),
    /// So many unread bytes or more, whatever they are.
    AtLeast(usize),
    /// The first that comes.
    AnyOf(Vec<PatternSpec>),
    /// All, in any order.
    AllOf(Vec<PatternSpec>),
    /// A binary message of WebSocket.
    Binary(Vec<u8>),
    /// A pong of WebSocket.
    Pong(Template),
    /// A message of WebSocket that closes, with this code (`None`: any, or none).
    CloseFrame(Option<u16>),
    /// The next response of HTTP.
    Response {
        /// Its status; `None`: any.
        status: Option<u16>,
        /// Names of headers, and what stands in their values.
        headers: Vec<(String, Template)>,
        /// What stands in its body.
        body: Option<Template>,
        /// It answers HEAD.
        bodiless: bool,
    },
    /// Closed, in good order or by reset.
    Closed,
    /// Closed by reset.
    Reset,
    /// The program has ended.
    Exit(Status),
}

/// What is expected of a program as a whole: nothing that one of its streams could show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A file in its folder.
    File {
        /// Its name, relative, without `..`.
        name: Template,
        /// What it holds.
        content: Content,
        /// Nothing else may be in it.
        whole: bool,
    },
    /// So many of its TCP sockets are in one of these states.
    Sockets {
        /// The states.
        states: Vec<TcpState>,
        /// Only those that it has accepted (or made), or has not accepted yet.
        accepted: Option<bool>,
        /// How many.
        count: usize,
    },
    /// It listens (TCP) where somebody who connects to this address reaches it.
    Listening {
        /// `ip:port`
        address: Template,
        /// So many connections, or more, may wait to be accepted.
        backlog: Option<u32>,
    },
    /// It has bound a UDP socket that this address reaches.
    Bound {
        /// `ip:port`
        address: Template,
    },
    /// So many bytes at most have come for it and lie unread.
    Unread(usize),
    /// Just so many datagrams have come for it (UDP) and lie unread.
    Datagrams(usize),
    /// It holds no more than after an earlier step.
    NoMore {
        /// Of what.
        of: Resource,
        /// The label of that step.
        than_at: At<String>,
        /// So many more are let pass.
        spare: usize,
    },
    /// It waits without using processor time.
    Idle,
}

/// A program's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Whatever.
    Any,
    /// This.
    Is(ExitStatus),
}

impl Step {
    /// Whether this actor acts in it.
    pub fn acts(&self, name: &str) -> bool {
        match &self.kind {
            StepKind::Act { actor, .. } => actor == name,
            StepKind::AnyOrder(members) => members.iter().any(|member| member.acts(name)),
        }
    }
}
