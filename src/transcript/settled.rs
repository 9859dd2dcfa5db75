//! How an expectation was settled, and how it was missed.

use serde::{Deserialize, Serialize};

/// What settled a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// What was expected came (or what must not come came).
    Matched,
    /// Every thread of every program waits for input that is not under way.
    Quiescent,
    /// A later message that must come after it has come.
    Fenced,
    /// The stream was closed.
    Closed,
    /// The program has ended.
    Exited,
    /// The program spends processor time without reading or writing.
    Spinning,
    /// More came than is kept, or the same over and over.
    Flooded,
    /// The time was up.
    Deadline,
}

/// How an expectation was missed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// Nothing of it came.
    Never,
    /// It came after the time was up.
    Late,
    /// It came to somebody else, or back to its sender.
    WrongPeer,
    /// It came before something that should have come first.
    WrongOrder,
    /// It came more often than it should.
    Duplicate,
    /// Something else came.
    Unexpected,
    /// Two messages came as one.
    Merged,
    /// One message came as several.
    Split,
    /// The text came without the end of its line.
    NoNewline,
    /// The characters came in another encoding.
    WrongEncoding,
    /// It was written but stayed in a buffer of the program.
    Unflushed,
    /// Endless output.
    Flooded,
    /// Connected, but not served; or not even connected.
    Refused,
    /// The other side closed the connection.
    Closed,
    /// The program ended by an error or a signal.
    Crashed,
    /// The program did not get as far as being ready.
    NotStarted,
    /// The program or connection should have ended and has not.
    NotEnded,
    /// What should have been given back was kept: sockets, threads, descriptors.
    Leaked,
    /// The program uses processor time where it should wait.
    Busy,
}
