//! What a program was doing when a step had failed, as the kernel shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a program was doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// Which program.
    pub actor: String,
    /// What its threads were doing, each thing once.
    pub doing: Vec<Doing>,
    /// What lay unread on its connections.
    pub unread: Vec<Unread>,
    /// How many connections waited to be accepted.
    pub unaccepted: usize,
    /// Datagrams that came for it and were thrown away, because its socket had no room for more.
    #[serde(default)]
    pub dropped: usize,
    /// The peers that had closed their connections, and it had not (CLOSE_WAIT, RFC 9293).
    pub unclosed: Vec<String>,
    /// How many threads it had, in all of its processes.
    pub threads: usize,
    /// How many descriptors it had open, in all of its processes.
    pub descriptors: usize,
}

/// Bytes that a program has not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// From whom.
    pub from: String,
    /// How many.
    pub bytes: usize,
    /// Over UDP: as how many datagrams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datagrams: Option<usize>,
}

/// What a thread does, in the order in which it is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// It waits for its terminal or standard input.
    Keyboard,
    /// It waits for somebody who connects.
    Accept,
    /// It waits for bytes on a connection, or for datagrams.
    Receive {
        /// The peers at the other ends, if they are known.
        from: Vec<String>,
    },
    /// It waits for one of several things at once (poll, select, epoll).
    Several {
        /// Which.
        of: Vec<Doing>,
    },
    /// It waits until somebody has read what it sends.
    Send {
        /// Who does not read.
        to: Vec<String>,
    },
    /// It waits for its own connection attempt.
    Connect,
    /// It waits for a lock, or for another of its threads.
    Lock,
    /// It waits for the end of a process that it has started.
    Child,
    /// It waits for another of its processes.
    Pipe,
    /// It waits for time to go by.
    Sleep,
    /// It waits for a signal.
    Signal,
    /// It uses a processor.
    Runs,
    /// It is stopped by a signal.
    Stopped,
    /// Something else.
    Other,
}

/// Why nothing could be proved before the time was up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unproved {
    /// A thread waits for time to go by, or looks again and again after so many milliseconds: it might do something then.
    Timed {
        /// Which program.
        actor: String,
        /// Milliseconds until its wait ends, if the kernel tells.
        ms: Option<u64>,
    },
    /// It was at work.
    Busy,
    /// The kernel does not show what the program does.
    Hidden,
}
