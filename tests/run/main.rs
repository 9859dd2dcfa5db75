//! The main paths of `viva run`, as a teaching assistant and a student walk them.

#[path = "../stand/mod.rs"]
mod stand;

mod conditions;
mod kinds;
mod less_power;
mod reports;
mod selection;
mod streams;
