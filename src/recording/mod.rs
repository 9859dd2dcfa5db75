//! Turns a conversation by hand into a scenario: what somebody does with a program step by step, and what comes of it, is written
//! down as a scenario file that repeats it.
//!
//! Must not know terminals, and must not print: lines of orders go in, a text comes out.

mod cast;
mod order;
mod proving;
mod recorder;
mod script;
mod terms;

pub use cast::{Cast, cast, shared_parts};
pub use order::{Deed, Mistake, Order, Typed, read_order};
pub use proving::{Proved, Reader, Wanted, prove};
pub use recorder::{Heard, Recorder, Recording, Refusal};
pub use script::Wishes;
