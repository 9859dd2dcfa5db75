//! Who handed in what: folders and archives as course systems and people make them, and as attackers do. Nothing is run.

mod class;
mod hostile;
mod list;
mod stage;
#[path = "../stand/mod.rs"]
mod stand;
