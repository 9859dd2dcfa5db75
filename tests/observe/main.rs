//! What the kernel shows of real programs: are they at rest, and what does each of their threads wait for?
//!
//! Nothing here waits for time: a program is looked at until it is at rest.

mod borders;
mod quiescence;
mod stage;
mod waits;
