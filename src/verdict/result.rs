//! Results of steps, scenarios and runs.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::r#box::{Isolation, Layers, Reason};
use crate::diagnostic::{Localized, Place};
use crate::transcript::{Data, Proof, Transcript};

use super::{Failure, Trouble, Word};

/// What the lab demands, and what a good program also survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The lab sheet demands it.
    #[default]
    Core,
    /// A good program also survives it.
    Robustness,
}

/// A step as reports name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepRef {
    /// Number from 1 in the order of the file, members of groups included; 0: before the first step (starting the cast).
    pub number: usize,
    /// Where it stands.
    pub place: Place,
    /// Its name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// What the lab sheet says about it, if the author wrote that down.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub spec: Option<String>,
}

/// A settled step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepResult {
    /// Which.
    pub step: StepRef,
    /// What settled it.
    pub proof: Proof,
    /// Number of the event that settled it, if an event did.
    pub event: Option<usize>,
}

/// Something worth saying that does not fail a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The program listens elsewhere than it was asked to.
    OtherPort {
        /// What it was asked for.
        asked: u16,
        /// What it took.
        took: u16,
    },
    /// The program listens at the port that it was meant to, its two bytes swapped: C's htons() is missing, see byteorder(3).
    PortSwapped {
        /// What was meant.
        meant: u16,
        /// What it took.
        took: u16,
    },
    /// What came is not what was expected, but nearly, and the lab lets that pass.
    NearMiss {
        /// The step.
        step: StepRef,
        /// What was expected.
        expected: Data,
        /// What came.
        came: Data,
    },
    /// This absence was settled by waiting only.
    AbsenceByWaiting {
        /// The step.
        step: StepRef,
    },
    /// The programs had more memory than they may have together, and were killed for it.
    Exhausted {
        /// How many bytes they may have.
        bytes: u64,
    },
    /// Something in the folder that was examined is not copied for the programs.
    LeftOut {
        /// Its path below that folder, what is no text in it replaced.
        path: String,
        /// Why.
        reason: Reason,
    },
    /// The kernel's view of the program was not to be had; readiness was found by looking again and again.
    Polled,
    /// What this step expects only the kernel could have told, and it did not: the step was left out.
    NotSeen {
        /// The step.
        step: StepRef,
    },
}

/// How a scenario came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All steps were settled as expected.
    Passed,
    /// The program failed it.
    Failed(Box<Failure>),
    /// Not run, since a scenario that it needs was not passed.
    Skipped {
        /// That scenario.
        need: String,
    },
    /// Not meant for programs of this kind.
    NotApplicable {
        /// The convention or variable that differs.
        name: String,
        /// Its value.
        value: String,
    },
    /// Viva's or the machine's fault; says nothing about the program.
    Error(Trouble),
}

/// One scenario, run once against one submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioResult {
    /// The lab's name; empty for a scenario file without one.
    pub lab: String,
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's title.
    pub title: Localized,
    /// Whose programs: the submission as the user named it; `None` for the reference alone.
    pub submission: Option<String>,
    /// Demanded by the sheet or not.
    pub kind: Kind,
    /// What it is worth.
    pub points: f64,
    /// What is taken off for near misses, if it was passed: no more than it is worth.
    #[serde(default)]
    pub deducted: f64,
    /// How it came out.
    pub outcome: Outcome,
    /// The steps that were settled, in order.
    pub steps: Vec<StepResult>,
    /// Worth saying all the same.
    pub remarks: Vec<Remark>,
    /// The author's hint.
    pub hint: Localized,
    /// The seed of the random words, as printed and as `--seed` takes it.
    pub seed: String,
    /// The arguments after `viva` that repeat exactly this.
    pub again: Vec<Word>,
    /// How the programs were kept apart; `None` if none was started.
    #[serde(default)]
    pub layers: Option<Layers>,
    /// How long it took.
    pub duration: Duration,
    /// What happened.
    pub transcript: Transcript,
}

/// Programs that were asked for and could not be run at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotRun {
    /// Whose: the submission as the user named it; `None`: those of the command line.
    pub submission: Option<String>,
    /// What keeps them from it: a fixed word such as `missing-program`, or the name of what is wrong in a file.
    pub why: String,
    /// What that is about: a program, a role, a path.
    pub about: Option<String>,
    /// Where it stands in a file.
    pub place: Option<Place>,
}

/// All results of one `viva run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    /// Version of this form, 1.
    pub version: u32,
    /// Viva's version.
    pub viva: String,
    /// How far programs were to be kept apart; which layers did it is told of each result.
    pub isolation: Isolation,
    /// In the order of the lab.
    pub results: Vec<ScenarioResult>,
    /// What could not be run at all, in the order in which that was found.
    #[serde(default)]
    pub not_run: Vec<NotRun>,
    /// Whether the run was interrupted, so that results are missing.
    pub interrupted: bool,
}
