//! What can be written on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Language;
use crate::report::Readers;

use super::formats::Wanted;

use super::compare::Compare;
use super::grade::Grade;

/// Examines network programs by talking to them.
#[derive(Parser)]
#[command(name = "viva", version, about, propagate_version = true, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Language of reports; else by the locale
    #[arg(long, global = true, value_name = "en|zh", value_parser = language)]
    pub(super) lang: Option<Language>,
}

const EXIT_CODES: &str = "Exit codes of run: 0 all passed, 1 something failed or nothing could be judged, 2 usage or scenario error, \
3 trouble of Viva or the machine, 4 nothing selected, 130 interrupted.";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Run scenarios against programs
    Run(Run),
    /// Grade a class: find the submissions, examine them all, and write marks and feedback
    Grade(Grade),
    /// Say which marks changed between two results of viva grade, and why; exit code 1 if one did
    Compare(Compare),
    /// Show that a lab's scenarios tell right from wrong: by known programs, and by mutants of the reference
    Calibrate(Calibrate),
    /// Make a folder for a new lab, with scenarios and known programs to begin with
    Init(Init),
    /// Talk to a program by hand, and get the scenario that repeats the conversation
    Record(Record),
    /// Put the marks of a class into a gradebook that a platform gave for download
    Gradebook(super::gradebook::Gradebook),
    /// Put parts of a class that were graded apart (grade --shard) together
    Merge(super::merge::Merge),
    /// Check labs and scenario files
    Lint(Targets),
    /// List labs, or the scenarios of labs
    List(Targets),
    /// Print the JSON Schema of a kind of file
    Schema {
        /// Of lab.yaml, of a scenario file, of a submission's viva.yaml, or of a JSON report (of run, grade, grade --list, doctor)
        which: Which,
    },
    /// Draw a saved transcript, or what happened with somebody's programs in a class that was graded
    Show(super::show::Show),
    /// Say what this machine gives for keeping programs apart, and what that costs; exit code 3 if something is missing
    Doctor {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Run a reference program, or list them
    Reference {
        /// Its name
        name: Option<String>,
        /// Its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Which {
    Lab,
    Scenario,
    Submission,
    Report,
    Class,
    Roll,
    Doctor,
}

#[derive(Args)]
pub(super) struct Targets {
    /// Names of labs, folders of labs, or scenario files; default: all shipped labs
    #[arg(value_name = "LAB|FILE")]
    pub(super) targets: Vec<String>,
}

#[derive(Args)]
pub(super) struct Init {
    /// The folder, which must not exist or be empty; the lab is called as it
    #[arg(value_name = "FOLDER", required_unless_present = "ci")]
    pub(super) folder: Option<PathBuf>,
    /// Begin with a copy of this shipped lab
    #[arg(long, value_name = "LAB")]
    pub(super) from: Option<String>,
    /// No lab, but an autograder for Gradescope in that folder
    #[arg(long, conflicts_with_all = ["from", "ci"])]
    pub(super) gradescope: bool,
    /// No lab, but the files with which a class is graded there (default folder: this one)
    #[arg(long, value_enum, value_name = "PLATFORM", conflicts_with = "from")]
    pub(super) ci: Option<super::platform::Ci>,
    /// The lab for --gradescope and --ci: a shipped one, or a folder with a lab.yaml (default: hub)
    #[arg(long, value_name = "LAB", conflicts_with = "from")]
    pub(super) lab: Option<String>,
}

#[derive(Args)]
pub(super) struct Record {
    /// Name or folder of a lab, or a scenario file: its roles and conventions hold
    #[arg(value_name = "LAB|FILE")]
    pub(super) target: String,
    /// Where the scenario is written: a new file NAME.yaml, best in the lab's folder
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    /// The role of the program that is talked to; default: that of --role, else the lab's first
    #[arg(long, value_name = "ROLE")]
    pub(super) cast: Option<String>,
    /// Folder with the programs
    #[arg(long, value_name = "DIR")]
    pub(super) submission: Option<PathBuf>,
    /// Fill a role with a program file or a command
    #[arg(long, value_name = "ROLE=CMD", value_parser = pair)]
    pub(super) role: Vec<(String, String)>,
    /// Talk to a server that is running already
    #[arg(long, value_name = "ROLE=IP:PORT", value_parser = pair)]
    pub(super) connect: Vec<(String, String)>,
    /// Expect only the words that were typed, not what stands around them
    #[arg(long)]
    pub(super) words: bool,
    /// Expect nothing of this actor, such as a server that prints what it likes; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(super) ignore: Vec<String>,
    /// Set a convention or variable of the lab; the scenario will demand it
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) set: Vec<(String, String)>,
}

#[derive(Args)]
pub(super) struct Run {
    /// Names of labs, folders of labs, or scenario files
    #[arg(value_name = "LAB|FILE", required = true)]
    pub(super) targets: Vec<String>,
    /// Folder with a student's programs; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) submission: Vec<PathBuf>,
    /// Fill a role with a program file or a command
    #[arg(long, value_name = "ROLE=CMD", value_parser = pair)]
    pub(super) role: Vec<(String, String)>,
    /// Fill a role with a program that is running already
    #[arg(long, value_name = "ROLE=IP:PORT", value_parser = pair)]
    pub(super) connect: Vec<(String, String)>,
    /// Only the scenario of this name; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(super) only: Vec<String>,
    /// Set a convention or variable of the lab
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) set: Vec<(String, String)>,
    /// Seed of the random words; a report prints it
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<String>,
    /// How many scenarios at a time; default: number of processors
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Deadline of each step, instead of the scenario's
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) deadline: Option<Duration>,
    /// How programs are kept apart
    #[arg(long, value_enum, default_value_t = Isolation::Auto, env = "VIVA_ISOLATION")]
    pub(super) isolation: Isolation,
    /// Print the results as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Save the transcript of every scenario into this folder
    #[arg(long, value_name = "DIR")]
    pub(super) save: Option<PathBuf>,
    #[command(flatten)]
    pub(super) formats: Formats,
}

/// The forms in which results are wanted.
#[derive(Args)]
pub(super) struct Formats {
    /// Write the results in this form too, such as junit:report.xml; may be given several times. A PATH that ends in / is a folder with a file for
    /// each submission; without one it is printed. Names: summary, json, csv, csv-excel, moodle, canvas, gradescope, classroom50, autolab,
    /// prairielearn, junit, tap, github, github-summary, markdown, html
    #[arg(long = "format", value_name = "NAME[:PATH]", value_parser = Wanted::parse)]
    pub(super) wanted: Vec<Wanted>,
    /// Which scenarios students' forms tell about: those that are visible, also those for after the due date, or all
    #[arg(long, value_enum, default_value_t = Show::Visible)]
    pub(super) show: Show,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Show {
    Visible,
    AfterDue,
    All,
}

impl Show {
    pub(super) fn readers(self) -> Readers {
        match self {
            Show::Visible => Readers::Students,
            Show::AfterDue => Readers::StudentsAfterDue,
            Show::All => Readers::Teachers,
        }
    }
}

#[derive(Args)]
pub(super) struct Calibrate {
    /// Name or folder of a lab; known programs are taken from a folder only
    #[arg(value_name = "LAB")]
    pub(super) target: String,
    /// Only the scenario of this name; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(super) only: Vec<String>,
    /// Run everything so many times, and tell what is not the same each time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) repeat: u16,
    /// Keep all processors busy with other work meanwhile
    #[arg(long)]
    pub(super) load: bool,
    /// Seed of the random words
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<String>,
    /// How many scenarios at a time; default: number of processors
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Deadline of each step, instead of the scenario's
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) deadline: Option<Duration>,
    /// Print the results as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Isolation {
    /// The best that this machine gives
    Auto,
    /// Everything (namespaces, an own root, filters, limits), or an error
    Full,
    /// Without namespaces; one scenario at a time
    Basic,
    /// Nothing at all: for programs that you trust
    None,
}

fn language(text: &str) -> Result<Language, String> {
    match text {
        "en" => Ok(Language::English),
        "zh" => Ok(Language::Chinese),
        _ => Err("en or zh".to_owned()),
    }
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    crate::scenario::parse_duration(text).ok_or_else(|| "write it as 500ms, 10s or 2m".to_owned())
}
