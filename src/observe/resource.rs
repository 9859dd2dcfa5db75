//! What a program holds and must give back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a program may pile up from visit to visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Threads of all its processes; a process without further threads counts as one.
    Threads,
    /// Open descriptors of all its processes: sockets, files, pipes.
    Descriptors,
}
