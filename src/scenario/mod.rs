//! The language: text, spanned model, lint, JSON Schema.
//!
//! Must not run anything and must not know actors or the engine. Reading a file gives either a model in which every
//! name, number and place has been checked, or all the diagnostics that can be found in one go.

mod model;

pub use model::{
    Action, Answer, Argument, At, CastMember, Connects, Conventions, Expression, Lab, LabEntry,
    PatternSpec, Payload, Piece, Ready, Role, Scenario, Status, Step, StepKind, Template,
    Transport, Value, When,
};
