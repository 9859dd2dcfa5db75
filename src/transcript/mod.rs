//! What happened, in order, and whether it is what was expected: events, patterns, matching, misses, differences.
//!
//! Must not know scenarios, sockets or processes: a transcript is a value that can be saved, matched and drawn again
//! with no process alive.

mod difference;
mod event;
mod matching;
mod pattern;
mod settled;

pub use difference::{Difference, closest};
pub use event::{
    ActorId, ActorInfo, ActorKind, Channel, Data, Event, EventKind, ExitStatus, Transcript,
};
pub use matching::{Found, Search, search};
pub use pattern::Pattern;
pub use settled::{Miss, Proof};
