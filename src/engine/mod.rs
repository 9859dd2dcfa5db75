//! Runs one scenario: casts the actors, dispatches events, settles the steps, concludes.
//!
//! Only the dispatcher ([`stage`]) writes the transcript. Must not print, must not hold sentences, and must not know
//! how a class of submissions is run. A program that fails is a value ([`crate::verdict::Outcome::Failed`]).

mod absence;
mod address;
mod answers;
mod belongings;
mod building;
mod cast;
mod clock;
mod condition;
mod connecting;
mod conversation;
mod diagnosis;
mod endings;
mod explain;
mod file;
mod filling;
mod finding;
mod garbling;
mod interpreter;
mod judge;
mod ledger;
mod meeting;
mod mutant;
mod pauses;
mod perform;
mod play;
mod player;
mod prompts;
mod readiness;
mod relay;
mod relaying;
mod repeats;
mod sending;
mod stage;
mod strays;
mod stream;
mod tokens;
mod variables;
mod waiting;
mod websocket;

pub use conversation::{Arrival, Arrived, Conversation, News, NotDone};
pub use filling::{Filled, Filling, FillingError, Submission};
pub use finding::find;
pub use interpreter::{Resolved, resolve};
pub use play::{Mutated, Options, not_applicable, play, play_mutant, unplayed};
