//! `viva grade`, as a teaching assistant calls it: marks, going on after an interruption, what is run again, and what is left alone.

mod class;
mod comparing;
mod contracts;
mod folders;
mod full_disk;
mod going_on;
mod interrupted;
mod showing;
mod small;
#[path = "../stand/mod.rs"]
mod stand;
