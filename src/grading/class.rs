//! A class as it came out: the value that every report of a class is made from. Transcripts are not in it, they stay in files.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Oddity;
use crate::r#box::Isolation;
use crate::r#box::Layers;
use crate::diagnostic::Localized;
use crate::verdict::{Kind, Outcome, Remark, Word};

/// A class (or a shard of one) as it came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Class {
    /// Version of this form, 1.
    pub version: u32,
    /// Viva's version.
    pub viva: String,
    /// The lab's name.
    pub lab: String,
    /// The lab's title.
    pub title: Localized,
    /// SHA-256 (hexadecimal) of the lab's files.
    pub digest: String,
    /// Which part of the class this is, as `i/n`; `None`: all of it.
    #[serde(default)]
    pub shard: Option<String>,
    /// The seed of the random words.
    pub seed: String,
    /// How far programs were to be kept apart.
    pub isolation: Isolation,
    /// The roster's columns, in its order; empty without a roster.
    #[serde(default)]
    pub roster: Vec<String>,
    /// The keys of the whole class, in its order: also of those in other shards.
    #[serde(default)]
    pub everybody: Vec<String>,
    /// The lab's scenarios that were examined, in the lab's order.
    pub scenarios: Vec<Column>,
    /// Everybody, in the roster's order, else by key: who handed something in, and who stands in the roster only.
    pub submissions: Vec<Graded>,
    /// Whether the run was interrupted, so that results are missing.
    pub interrupted: bool,
}

/// Who may see how a scenario came out.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Students and teachers.
    #[default]
    Visible,
    /// Students from the due date on.
    AfterDue,
    /// Teachers only.
    Hidden,
}

/// A scenario of the lab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Localized,
    /// Demanded by the sheet or not.
    pub kind: Kind,
    /// What it is worth; 0 if the lab, as it is set, does not ask it of anybody.
    pub points: f64,
    /// Whether its points come on top of the total.
    pub bonus: bool,
    /// Who may see it.
    pub visibility: Visibility,
}

/// One submission (or somebody of the roster without one) and its mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Graded {
    /// Tells it from all others, and is the same in every run: the roster's key where there is a roster, else what the platform's names give.
    pub key: String,
    /// As people call it. Comes from students: any text may be in it.
    pub name: String,
    /// All who share it; one for work done alone.
    pub members: Vec<Member>,
    /// What was handed in.
    pub handed_in: Submitted,
    /// What is out of the ordinary about it.
    #[serde(default)]
    pub oddities: Vec<Oddity>,
    /// One for each scenario, in the lab's order; empty if there was nothing that could be run.
    pub results: Vec<Judged>,
    /// What it all comes to.
    pub mark: Mark,
}

/// Somebody who gets a mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// The roster's key; without a roster that of the submission.
    pub key: String,
    /// As people call it.
    pub name: String,
    /// The roster's row, by column; empty for who is not in the roster.
    #[serde(default)]
    pub roster: BTreeMap<String, String>,
}

/// What somebody handed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Submitted {
    /// Programs, or at least files.
    Files(Handin),
    /// Nothing: stands in the roster only.
    Nothing,
    /// Something that could not be read or run.
    Unusable {
        /// Where it lies, as the user would find it.
        source: String,
        /// Why: a fixed word such as `encrypted`, `zip-bomb`, `unreadable`.
        why: String,
        /// What that is about: an entry, a path, what the system says.
        about: Option<String>,
    },
}

/// Files that were handed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Handin {
    /// Where they came from, as the user would find it: a folder, or an archive and the path inside it.
    pub source: String,
    /// The folder that was examined: what `--submission` takes.
    pub folder: String,
    /// SHA-256 (hexadecimal) of all names and contents in that folder.
    pub digest: String,
    /// What each role was filled with.
    pub roles: Vec<Role>,
    /// All that was handed in, oldest first; the last counts.
    pub attempts: Vec<Attempt>,
    /// How late the attempt that counts was.
    pub late: Late,
}

/// A role and the file that fills it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Role {
    /// The role.
    pub role: String,
    /// The file, below the folder; `None`: there is none.
    pub file: Option<String>,
}

/// One time that something was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// Where it came from.
    pub source: String,
    /// How late it was.
    pub late: Late,
}

/// How late something was handed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// Not late, or nothing is known about it.
    #[default]
    No,
    /// Late, and nobody said by how much.
    Yes,
    /// Late by so many seconds.
    By(u64),
}

/// How one scenario came out for one submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The scenario's name.
    pub scenario: String,
    /// How it came out; of several runs the one that counts.
    pub outcome: Outcome,
    /// How many runs were passed, and of how many: more than one run only where the verdict depends on timing.
    pub passed: u32,
    /// See `passed`. 0: it was not run.
    pub runs: u32,
    /// What it earned; `None`: it could not be judged (Viva's or the machine's fault).
    pub points: Option<f64>,
    /// What it could have earned; 0 if it is not applicable.
    pub of: f64,
    /// What near misses took away; `points` is without it already.
    pub deducted: f64,
    /// Worth saying all the same.
    pub remarks: Vec<Remark>,
    /// The seed of its words.
    pub seed: String,
    /// The arguments after `viva` that repeat exactly this.
    pub again: Vec<Word>,
    /// How the programs were kept apart; `None` if none was started.
    pub layers: Option<Layers>,
    /// How long the run that counts took.
    pub duration: Duration,
    /// The file with its transcript, below the result folder.
    pub transcript: Option<String>,
}

impl Judged {
    /// Whether not all of its runs came out the same.
    pub fn is_unstable(&self) -> bool {
        self.passed > 0 && self.passed < self.runs
    }
}

/// What a submission comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// The final mark; `None`: it stays empty.
    pub points: Option<f64>,
    /// Why it stays empty.
    pub none: Option<NoMark>,
    /// The most that can be had without bonus.
    pub of: f64,
    /// How it came about, in order: each line is what it added or took away.
    pub lines: Vec<MarkLine>,
}

/// Why a mark stays empty: never 0, never full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoMark {
    /// These scenarios could not be judged.
    Trouble(Vec<String>),
    /// It could not be read or run: somebody has to look at it.
    Unusable,
    /// The run was interrupted before all was judged.
    Unfinished,
}

/// One line of the account of a mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MarkLine {
    /// What it is for.
    pub reason: Reason,
    /// What it adds (or takes away, below 0).
    pub points: f64,
}

/// What a line of a mark is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Scenarios that the sheet demands: out of so many points.
    Core {
        /// The most.
        of: f64,
    },
    /// Scenarios that a good program also passes.
    Robustness {
        /// The most.
        of: f64,
    },
    /// On top.
    Bonus {
        /// The most.
        of: f64,
    },
    /// Down to the most that the lab gives.
    Cap {
        /// That most.
        most: f64,
    },
    /// Points were scaled, so that all of them come to this.
    Scaled {
        /// The new total.
        to: f64,
    },
    /// Handed in late.
    Late {
        /// How late.
        late: Late,
        /// What is left, in percent.
        percent: f64,
    },
    /// Rounded to the nearest (or next lower, next higher) multiple.
    Rounded {
        /// Of this.
        to: f64,
        /// `nearest`, `down` or `up`.
        how: String,
    },
    /// Nothing was handed in.
    Nothing,
}
