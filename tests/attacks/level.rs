//! How far programs are kept apart, as the command line names it.

use crate::stand::{lacking, run};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Full,
    Basic,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Level::Full => "full",
            Level::Basic => "basic",
        }
    }

    /// Whether this machine has it. That it should have `full` is said by `VIVA_REQUIRE=full`.
    pub(crate) fn is_had(self) -> bool {
        let came = run(["run", "echo", "--only", "echo", "--isolation", self.name()]);
        let had = came.code == 0;
        if !had {
            lacking(&came.err);
        }
        had
    }
}
