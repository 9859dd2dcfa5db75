//! What the kernel shows of real programs: are they at rest, and what does each of their threads wait for?
//!
//! Nothing here waits for time: a program is looked at until it is at rest.

#[path = "../stand/mod.rs"]
mod stand;

mod borders;
mod less_power;
mod quiescence;
mod stage;
mod trial;
mod waits;
