//! Whatever Viva is given: a clear sentence, the exit code that is documented, nothing lost, no panic, no hang.

#[path = "../stand/mod.rs"]
mod stand;

mod blame;
mod chaos;
mod command_line;
mod ending;
mod files;
mod less_power;
mod programs;
mod submissions;
