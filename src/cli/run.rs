//! `viva run`: runs scenarios against submissions, several at a time.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::r#box::{CopyError, Cure, Isolation, prepare as prepare_boxes, probe};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{FillingError, Submission};
use crate::grading::{Footing, Group, Hindrance, Plan, Schedule};
use crate::report::{Problem, Style};
use crate::verdict::{NotRun, Word};

use super::arguments::{self, Run};
use super::as_class::{as_class, told};
use super::printer::{Interruption, Printer};
use super::selection::{Selection, select};
use super::{Exit, complain, complain_of, formats, runtime};

/// Why a group can't be run.
#[derive(PartialEq)]
pub(super) enum Obstacle {
    Problem(Problem),
    Mistakes(Vec<Diagnostic>),
}

impl Obstacle {
    /// Says on standard error what it is; what that means for the exit code.
    pub(super) fn tell(&self, style: &Style) -> Exit {
        match self {
            Obstacle::Problem(problem) => complain(problem, style),
            Obstacle::Mistakes(diagnostics) => {
                complain_of(diagnostics, style);
                Exit::Usage
            }
        }
    }

    /// Whether it says nothing about what was handed in.
    pub(super) fn is_the_machines(&self) -> bool {
        matches!(self, Obstacle::Problem(problem) if !problem.is_the_users())
    }

    /// The same as a fixed word, and what it is about.
    pub(super) fn hindrance(&self) -> Hindrance {
        match self {
            Obstacle::Problem(problem) => (
                problem.name().to_owned(),
                problem.about().map(str::to_owned),
            ),
            Obstacle::Mistakes(diagnostics) => {
                let first = diagnostics.first();
                let about = first.map(|first| {
                    let (place, code) = (&first.place, first.code.name());
                    format!("{}:{}:{}: {code}", place.file, place.line, place.column)
                });
                ("bad-settings".to_owned(), about)
            }
        }
    }

    /// What it keeps a submission from, for the report.
    pub(super) fn not_run(&self, submission: Option<&str>) -> Vec<NotRun> {
        let submission = submission.map(str::to_owned);
        match self {
            Obstacle::Problem(problem) => vec![NotRun {
                submission,
                why: problem.name().to_owned(),
                about: problem.about().map(str::to_owned),
                place: None,
            }],
            Obstacle::Mistakes(diagnostics) => diagnostics
                .iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Error)
                .map(|diagnostic| NotRun {
                    submission: submission.clone(),
                    why: diagnostic.code.name().to_owned(),
                    about: None,
                    place: Some(diagnostic.place.clone()),
                })
                .collect(),
        }
    }
}

pub(super) fn run(options: &Run, style: &Style) -> Exit {
    // Its start takes as long as reading a lab. If it can't be had, the first box will say so.
    let _ = prepare_boxes();
    let (isolation, footing) = match isolation(options.isolation, &options.connect) {
        Ok(isolation) => isolation,
        Err(problem) => {
            return complain(&problem, style);
        }
    };
    let running = match addresses(&options.connect) {
        Ok(running) => running,
        Err(problem) => {
            return complain(&problem, style);
        }
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(problem) => return complain(&problem, style),
    };
    // From here on an interruption ends Viva in good order.
    let mut interruption = Interruption::new(&runtime);
    let Selection { groups, not_run } = match select(options, style) {
        Ok(selection) => selection,
        Err(exit) => return exit,
    };
    if let Some(folder) = &options.save
        && let Err(error) = std::fs::create_dir_all(folder)
    {
        let path = folder.display().to_string();
        let message = error.to_string();
        return complain(&Problem::Unwritable { path, message }, style);
    }
    let wanted = &options.formats.wanted;
    if let Err(problem) = checked(options, &groups) {
        return complain(&problem, style);
    }
    let mut plan = Plan {
        commands: options.role.clone(),
        running,
        isolation,
        footing,
        seed: options.seed.clone().unwrap_or_else(fresh_seed),
        deadline: options.deadline,
        jobs: options.jobs.map(usize::from),
        repeat: false,
        options: repeated(
            &options.role,
            &options.connect,
            &options.set,
            options.deadline,
            options.isolation,
        ),
    };
    let schedule = Schedule::new(groups);
    let mut printer = Printer::new(options, style, not_run, &schedule);
    crate::grading::run(&mut plan, &schedule, |hearing, stop| {
        runtime.block_on(printer.print(hearing, &mut interruption, || stop.stop()));
        printer.is_interrupted()
    });
    let (exit, report) = printer.finish(plan.isolation);
    if wanted.is_empty() {
        return exit;
    }
    let class = as_class(&report, &schedule.groups);
    let readers = options.formats.show.readers();
    exit.max(formats::write(
        wanted,
        &class,
        told(&report),
        readers,
        style,
    ))
}

/// Whether the results can be had in the forms that are wanted.
fn checked(options: &Run, groups: &[Group]) -> Result<(), Problem> {
    let wanted = &options.formats.wanted;
    if wanted.is_empty() {
        return Ok(());
    }
    let mut labs: Vec<&str> = groups.iter().map(|group| group.target.as_str()).collect();
    labs.dedup();
    if labs.len() > 1 {
        let labs = labs.into_iter().map(str::to_owned).collect();
        return Err(Problem::OneLab { labs });
    }
    formats::check(wanted, groups.len(), options.json)
}

/// How far programs are kept apart, and whether that is yet to be shown.
pub(super) fn isolation(
    wanted: arguments::Isolation,
    connect: &[(String, String)],
) -> Result<(Isolation, Footing), Problem> {
    let isolation = match wanted {
        arguments::Isolation::None => Isolation::None,
        arguments::Isolation::Basic => Isolation::Basic,
        arguments::Isolation::Full => match probe().lacks() {
            None => Isolation::Full,
            Some(missing) => {
                return Err(Problem::LayerMissing {
                    missing: missing.clone(),
                    cure: Cure::of(missing),
                });
            }
        },
        // A scenario that passes without any box shows nothing.
        arguments::Isolation::Auto if !connect.is_empty() => probe().best(),
        arguments::Isolation::Auto => return Ok((Isolation::Full, Footing::assumed())),
    };
    Ok((isolation, Footing::firm()))
}

pub(super) fn addresses(
    connect: &[(String, String)],
) -> Result<Vec<(String, SocketAddr)>, Problem> {
    let parse = |(role, text): &(String, String)| match text.parse() {
        Ok(address) => Ok((role.clone(), address)),
        Err(_) => Err(Problem::BadAddress { text: text.clone() }),
    };
    connect.iter().map(parse).collect()
}

/// Four hexadecimal digits: enough to tell runs apart, short enough to type.
pub(super) fn fresh_seed() -> String {
    use std::hash::{BuildHasher, Hasher};
    format!(
        "{:04x}",
        std::collections::hash_map::RandomState::new()
            .build_hasher()
            .finish()
            & 0xffff
    )
}

/// What the user is told about roles that can't be filled.
pub(super) fn keeps_from_running(error: FillingError, submission: Option<&Submission>) -> Obstacle {
    let problem = match error {
        FillingError::Mistakes(diagnostics) => return Obstacle::Mistakes(diagnostics),
        FillingError::UnknownRole { role, known } => Problem::UnknownRole { role, known },
        FillingError::BadCommand(role) => Problem::BadCommand { role },
        FillingError::Missing(program) => Problem::MissingProgram { program },
        FillingError::UnknownKind(file) => Problem::UnknownKind { file },
        FillingError::Unreadable(path, message) => Problem::Unreadable {
            path: path.display().to_string(),
            message,
        },
        FillingError::NotCopied(path, error, here) => {
            let path = path.display().to_string();
            let text = |path: PathBuf| path.display().to_string();
            match error {
                CopyError::TooLarge { most, mainly } => Problem::TooLarge {
                    path,
                    most,
                    mainly: text(mainly),
                    here,
                },
                CopyError::TooMany { most, mainly } => Problem::TooMany {
                    path,
                    most,
                    mainly: text(mainly),
                    here,
                },
                CopyError::TooDeep { most, at } => Problem::TooDeep {
                    path,
                    most,
                    at: text(at),
                },
                CopyError::NotReadable(error) => Problem::Unreadable {
                    path,
                    message: error.to_string(),
                },
                CopyError::NotWritten(error) => Problem::System {
                    doing: "copy".to_owned(),
                    message: error.to_string(),
                },
            }
        }
        FillingError::Trouble(trouble) => Problem::Trouble(trouble),
    };
    Obstacle::Problem(match submission {
        Some(submission) => Problem::NotRun {
            submission: submission.name.clone(),
            why: Box::new(problem),
        },
        None => problem,
    })
}

/// Names and values as they stand on the command line.
type Pairs = [(String, String)];

/// The options with which a single scenario is run as these say.
pub(super) fn repeated(
    role: &Pairs,
    connect: &Pairs,
    set: &Pairs,
    deadline: Option<Duration>,
    isolation: arguments::Isolation,
) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut option = |name: &str, value: String| words.extend([name.into(), value.into()]);
    for (name, pairs) in [("--role", role), ("--connect", connect), ("--set", set)] {
        for (left, right) in pairs {
            option(name, format!("{left}={right}"));
        }
    }
    if let Some(deadline) = deadline {
        option("--deadline", format!("{}ms", deadline.as_millis()));
    }
    let isolation = match isolation {
        arguments::Isolation::Auto => return words,
        arguments::Isolation::Full => "full",
        arguments::Isolation::Basic => "basic",
        arguments::Isolation::None => "none",
    };
    option("--isolation", isolation.to_owned());
    words
}
