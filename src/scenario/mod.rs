//! The language: text, spanned model, lint, JSON Schema.
//!
//! Must not run anything and must not know actors or the engine. Reading a file gives either a model in which every
//! name, number and place has been checked, or all the diagnostics that can be found in one go.
//!
//! A file goes through here in this order: `files` (bytes), `source` (text and places), `tree` (YAML with spans), then
//! `lab` and `scenario`, which put the model together from what `conventions`, `roles`, `cast`, `faults`, `steps`,
//! `actions`, `pattern`, `condition` and `template` read. `keys` is the table of all keys.

mod actions;
mod assembly;
mod cast;
mod condition;
mod content;
mod contract;
mod conventions;
mod doer;
mod expression;
mod faults;
mod files;
mod findings;
mod forms;
mod grading;
mod grammar;
mod heading;
#[rustfmt::skip]
mod keys;
mod known;
mod lab;
mod lint;
mod listed;
mod model;
mod mutation;
mod needs;
mod overrides;
mod pattern;
mod payload;
mod roles;
// The file that reads a scenario is called as what it reads.
#[allow(clippy::module_inception)]
mod scenario;
mod schema;
mod similar;
mod source;
mod starter;
mod step;
mod steps;
mod template;
mod tree;
mod values;

pub use contract::{Contract, KNOWN, KnownProgram, Survivor, read_contract};
pub use files::{LabFiles, shipped_lab, shipped_labs};
pub use grammar::{byte_of_key, is_actor_name, number_of_signal, word_of_signal};
pub use lab::{read_lab, read_scenario};
pub use lint::lint;
pub use model::{
    Answer, Argument, At, CastMember, Connects, Content, Conventions, Counts, Expression, Grading,
    Lab, LabEntry, LatePolicy, LateRow, Near, Piece, Proxy, Ready, Role, Rounding, RoundingWay,
    Scenario, Template, Transport, Value, Visible, When,
};
pub use mutation::Mutation;
pub use overrides::{Overrides, read_command};
pub use schema::{SchemaKind, schema};
pub use starter::{NewFile, new_lab};
pub use step::{Action, Condition, PatternSpec, Payload, Status, Step, StepKind};
pub use values::{is_name, parse_duration};
