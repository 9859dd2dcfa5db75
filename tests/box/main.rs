//! Boxes as the engine uses them: real programs, real namespaces. As root everything is also run as an ordinary user.
//!
//! Nothing here waits for time: what is awaited is an event, or the end of a pipe that every process in question holds open.

#[path = "../stand/mod.rs"]
mod stand;

mod apart;
mod ends;
mod less_power;
mod network;
mod programs;
mod support;
mod users;
