//! What happened, in order, and whether it is what was expected: events, patterns, matching, misses, differences.
//!
//! Must not know scenarios, sockets or processes: a transcript is a value that can be saved, matched and drawn again
//! with no process alive.

mod all_of;
mod automaton;
mod decoding;
mod difference;
mod event;
mod expression;
mod http;
mod likeness;
mod matching;
mod nearness;
mod pattern;
mod response;
mod settled;
mod sighting;

pub use difference::{Difference, closest};
pub use event::{
    ActorId, ActorInfo, ActorKind, Channel, Data, Event, EventKind, ExitStatus, MessageKind,
    Transcript, close_code,
};
pub use expression::{Expression, ExpressionError, check_expression};
pub use likeness::{ESCAPED, Likeness, MOJIBAKE, in_other_encoding, same_but_for};
pub use matching::{Found, Search, search, search_message};
pub use nearness::nearly;
pub use pattern::Pattern;
pub use response::{Read, Response, ResponseFault};
pub use settled::{Miss, Proof};
