//! What Viva's exit code says; documented in `--help` and the README.

use std::process::{ExitCode, Termination};

/// How it went; where several hold, the greatest of `Passed < Failed < Trouble` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: all passed.
    Passed,
    /// 1: something failed, or nothing could be judged.
    Failed,
    /// 4: nothing was selected.
    Nothing,
    /// 2: a mistake on the command line or in a scenario.
    Usage,
    /// 3: Viva's or the machine's trouble.
    Trouble,
    /// 130: interrupted.
    Interrupted,
    /// What a reference program ended with.
    Program(u8),
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Trouble => 3,
            Exit::Nothing => 4,
            Exit::Interrupted => 130,
            Exit::Program(code) => code,
        })
    }
}
