//! What keeps a command from doing anything: the user's mistakes on the command line, and the machine's troubles.

use crate::r#box::{Cure, Missing};
use crate::diagnostic::Language;
use crate::grading::{FindError, MergeError, RosterError, ShardError, Unfillable};
use crate::verdict::Trouble;

use super::grading::GradingProblem;
use super::{Style, visible, words};

/// A problem that is no part of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No lab of this name.
    UnknownLab {
        /// As typed.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The same where only a lab inside Viva will do.
    UnknownShippedLab {
        /// As typed.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// No lab can be called so.
    NotALabName {
        /// The name of its folder.
        name: String,
    },
    /// No scenario can be written to a file of this name.
    NotAScenarioFile {
        /// As typed.
        path: String,
    },
    /// The path of a lab can't stand in a script.
    NotAPlainPath {
        /// As typed.
        path: String,
    },
    /// The role of a program that is running already, which is not the server that is talked to.
    NotTalkedTo {
        /// The role.
        role: String,
    },
    /// Nothing is overwritten.
    AlreadyThere {
        /// As typed.
        path: String,
    },
    /// Nothing is overwritten unless it is said that it may be.
    NotForced {
        /// As typed.
        path: String,
    },
    /// The template itself would be overwritten.
    OverTemplate {
        /// As typed.
        path: String,
    },
    /// Not the result of grading a class, or one of another version.
    NotAClass {
        /// As typed.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// A gradebook can't be filled.
    Unfillable {
        /// As typed.
        path: String,
        /// What is wrong with it.
        why: Unfillable,
    },
    /// It can't be told which part of a class is meant.
    Shard(ShardError),
    /// Parts make no class.
    Merge(MergeError),
    /// No scenario of this name is among those selected.
    UnknownScenario {
        /// As typed.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// No reference program of this name.
    UnknownReference {
        /// As typed.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Nothing there.
    NoSuchFile {
        /// As typed.
        path: String,
    },
    /// It is there, but can't be read or copied.
    Unreadable {
        /// As typed.
        path: String,
        /// The system's message.
        message: String,
    },
    /// It is copied for each run, and is too large for that.
    TooLarge {
        /// As typed.
        path: String,
        /// Bytes that can be copied.
        most: u64,
        /// Which part of it has most.
        mainly: String,
        /// It was not named: it is where Viva was called.
        here: bool,
    },
    /// It is copied for each run, and has too many files for that.
    TooMany {
        /// As typed.
        path: String,
        /// Files and folders that can be copied.
        most: usize,
        /// Which part of it has most.
        mainly: String,
        /// It was not named: it is where Viva was called.
        here: bool,
    },
    /// It is copied for each run, and has folders too deep for that.
    TooDeep {
        /// As typed.
        path: String,
        /// Folders in folders that can be copied.
        most: usize,
        /// Where it is deeper.
        at: String,
    },
    /// It can't be written.
    Unwritable {
        /// Which file.
        path: String,
        /// The system's message.
        message: String,
    },
    /// Not a saved transcript, or one of another version.
    NotATranscript {
        /// As typed.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// No lab has this role.
    UnknownRole {
        /// As typed.
        role: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The programs of a submission are not run.
    NotRun {
        /// As typed.
        submission: String,
        /// What keeps them from it.
        why: Box<Problem>,
    },
    /// The command of this role can't be split into words.
    BadCommand {
        /// The role.
        role: String,
    },
    /// Not an address.
    BadAddress {
        /// As typed.
        text: String,
    },
    /// An interpreter, compiler or command is not installed.
    MissingProgram {
        /// Its name.
        program: String,
    },
    /// Viva doesn't know how to run such a file.
    UnknownKind {
        /// Its name.
        file: String,
    },
    /// Nothing is selected.
    NothingSelected,
    /// Full isolation is demanded, but the machine does not give all of it.
    LayerMissing {
        /// The first layer that is missing.
        missing: Missing,
        /// How it can be had.
        cure: Cure,
    },
    /// A system call of Viva failed.
    System {
        /// What Viva was doing.
        doing: String,
        /// The system's message.
        message: String,
    },
    /// What a class is graded from, or where its results go.
    Grading(GradingProblem),
    /// Submissions can't be found.
    Unfound(FindError),
    /// The list of a class can't be used.
    Roster(RosterError),
    /// A form about one submission, and there is not just one.
    OneSubmission {
        /// Its name.
        form: String,
        /// How many there are.
        submissions: usize,
    },
    /// A class is of one lab.
    OneLab {
        /// Those that were named.
        labs: Vec<String>,
    },
    /// Several forms are to be printed.
    OneOutput {
        /// Their names.
        forms: Vec<String>,
    },
    /// A platform has given no place to what these handed in.
    NoPlace {
        /// The name of the form.
        form: String,
        /// Their keys.
        left: Vec<String>,
    },
    /// Other trouble of Viva or the machine.
    Trouble(Trouble),
}

impl Problem {
    /// Whether the user can mend it on the command line or in a file; else it is the machine's.
    pub fn is_the_users(&self) -> bool {
        match self {
            Problem::NotRun { why, .. } => why.is_the_users(),
            Problem::MissingProgram { .. }
            | Problem::LayerMissing { .. }
            | Problem::System { .. }
            | Problem::Trouble(_)
            | Problem::Unwritable { .. }
            | Problem::Unfound(FindError::NotWritten { .. }) => false,
            _ => true,
        }
    }

    /// A word that stays the same in all languages and versions.
    pub fn name(&self) -> &'static str {
        match self {
            Problem::UnknownLab { .. } => "unknown-lab",
            Problem::UnknownShippedLab { .. } => "unknown-lab",
            Problem::NotALabName { .. } => "not-a-name",
            Problem::NotAScenarioFile { .. } => "not-a-scenario-file",
            Problem::NotAPlainPath { .. } => "not-a-name",
            Problem::NotTalkedTo { .. } => "not-talked-to",
            Problem::AlreadyThere { .. } => "already-there",
            Problem::NotForced { .. } | Problem::OverTemplate { .. } => "already-there",
            Problem::NotAClass { .. } => "not-a-class",
            Problem::Unfillable { .. } => "not-a-gradebook",
            Problem::Shard(_) => "not-a-part",
            Problem::Merge(_) => "not-one-class",
            Problem::UnknownScenario { .. } => "unknown-scenario",
            Problem::UnknownReference { .. } => "unknown-reference",
            Problem::NoSuchFile { .. } => "no-such-file",
            Problem::Unreadable { .. } => "unreadable",
            Problem::TooLarge { .. } => "too-large",
            Problem::TooMany { .. } => "too-many-files",
            Problem::TooDeep { .. } => "too-deep",
            Problem::Unwritable { .. } => "unwritable",
            Problem::NotATranscript { .. } => "not-a-transcript",
            Problem::UnknownRole { .. } => "unknown-role",
            Problem::NotRun { why, .. } => why.name(),
            Problem::BadCommand { .. } => "bad-command",
            Problem::BadAddress { .. } => "bad-address",
            Problem::MissingProgram { .. } => "missing-program",
            Problem::UnknownKind { .. } => "unknown-kind",
            Problem::NothingSelected => "nothing-selected",
            Problem::OneSubmission { .. } => "one-submission",
            Problem::OneLab { .. } => "one-lab",
            Problem::OneOutput { .. } => "one-output",
            Problem::NoPlace { .. } => "no-place",
            Problem::LayerMissing { .. } => "layer-missing",
            Problem::Grading(_) => "grading",
            Problem::Unfound(_) => "unfound",
            Problem::Roster(_) => "roster",
            Problem::System { .. } | Problem::Trouble(_) => "trouble",
        }
    }

    /// What it is about: a name, a path, or what Viva was doing.
    pub fn about(&self) -> Option<&str> {
        match self {
            Problem::UnknownLab { name, .. }
            | Problem::UnknownShippedLab { name, .. }
            | Problem::NotALabName { name }
            | Problem::UnknownScenario { name, .. }
            | Problem::UnknownReference { name, .. } => Some(name),
            Problem::NoSuchFile { path }
            | Problem::NotAScenarioFile { path }
            | Problem::NotAPlainPath { path }
            | Problem::AlreadyThere { path }
            | Problem::NotForced { path }
            | Problem::OverTemplate { path }
            | Problem::NotAClass { path, .. }
            | Problem::Unfillable { path, .. }
            | Problem::Unreadable { path, .. }
            | Problem::TooLarge { path, .. }
            | Problem::TooMany { path, .. }
            | Problem::TooDeep { path, .. }
            | Problem::Unwritable { path, .. }
            | Problem::NotATranscript { path, .. } => Some(path),
            Problem::UnknownRole { role, .. }
            | Problem::BadCommand { role }
            | Problem::NotTalkedTo { role } => Some(role),
            Problem::NotRun { why, .. } => why.about(),
            Problem::BadAddress { text } => Some(text),
            Problem::MissingProgram { program } => Some(program),
            Problem::UnknownKind { file } => Some(file),
            Problem::LayerMissing { missing, .. } => Some(&missing.why),
            Problem::System { doing, .. } | Problem::Trouble(Trouble::System { doing, .. }) => {
                Some(doing)
            }
            Problem::Trouble(Trouble::Missing { program, .. }) => Some(program),
            Problem::Trouble(Trouble::Unreadable { path, .. }) => Some(path),
            Problem::OneSubmission { form, .. } | Problem::NoPlace { form, .. } => Some(form),
            Problem::NothingSelected
            | Problem::OneLab { .. }
            | Problem::OneOutput { .. }
            | Problem::Grading(_)
            | Problem::Roster(_)
            | Problem::Unfound(_)
            | Problem::Shard(_)
            | Problem::Merge(_)
            | Problem::Trouble(_) => None,
        }
    }
}

/// The problem in words, and how to mend it; ends with a line end.
pub fn problem(problem: &Problem, style: &Style) -> String {
    let words = match style.language {
        Language::English => words::english_problem(problem),
        Language::Chinese => words::chinese_problem(problem),
    };
    // A name that the user typed may come from anywhere, such as a folder of submissions.
    format!("viva: {}\n", visible::clipped(words.as_bytes(), 2000))
}

/// The name among `known` that `typed` was most likely meant to be.
pub(super) fn similar<'a>(typed: &str, known: &'a [String]) -> Option<&'a str> {
    let likeness = |name: &&String| (strsim::jaro_winkler(typed, name) * 1000.0) as u64;
    known
        .iter()
        .max_by_key(likeness)
        .filter(|name| likeness(name) > 750)
        .map(String::as_str)
}
