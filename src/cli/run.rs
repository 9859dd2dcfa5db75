//! `viva run`: runs scenarios against submissions, several at a time.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::r#box::{CopyError, Cure, Isolation, prepare as prepare_boxes, probe};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{Filling, FillingError, Options, Submission, play, unplayed};
use crate::report::{Problem, Style};
use crate::verdict::{NotRun, Outcome, ScenarioResult, Word};

use super::arguments::{self, Run};
use super::footing::Footing;
use super::printer::{Interruption, Printer};
use super::schedule::{Job, Schedule};
use super::selection::{Named, Selection, select};
use super::{Exit, complain, complain_of, runtime};

/// What a worker tells the printer.
pub(super) enum News {
    /// The result of an entry of a group.
    Result(usize, usize, Box<ScenarioResult>),
    /// A group can't be run.
    Problem(usize, Obstacle),
}

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
    let (isolation, footing) = match isolation(options) {
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
    let Selection {
        groups,
        named,
        not_run,
    } = match select(options, style) {
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
    let mut context = Context {
        options,
        isolation,
        footing,
        running,
        seed: options.seed.clone().unwrap_or_else(fresh_seed),
        named,
    };
    let schedule = Schedule::new(groups);
    let submissions = context.named.iter().map(Named::submission).collect();
    let mut printer = Printer::new(options, style, submissions, not_run, &schedule);
    loop {
        let (news, hearing) = mpsc::unbounded_channel();
        let (cancel, cancelled) = watch::channel(false);
        std::thread::scope(|scope| {
            for _ in 0..workers(&context, &schedule) {
                let (schedule, context, news, cancelled) =
                    (&schedule, &context, news.clone(), cancelled.clone());
                scope.spawn(move || work(schedule, context, &news, cancelled));
            }
            drop(news);
            runtime.block_on(printer.print(hearing, &mut interruption, || {
                schedule.stop();
                cancel.send_replace(true);
            }));
        });
        if !context.footing.is_gone() || printer.is_interrupted() {
            return printer.finish(context.isolation);
        }
        context.isolation = Isolation::Basic;
        context.footing = Footing::firm();
        schedule.begin_again();
    }
}

fn workers(context: &Context<'_>, schedule: &Schedule) -> usize {
    // Without a network of its own, two scenarios could want one port.
    if !context.isolation.has_own_network() {
        return 1;
    }
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let wanted = context.options.jobs.map_or_else(cores, usize::from);
    wanted.min(schedule.order().count().max(1))
}

/// What all workers share.
struct Context<'a> {
    options: &'a Run,
    isolation: Isolation,
    footing: Footing,
    running: Vec<(String, SocketAddr)>,
    seed: String,
    named: Vec<Named>,
}

/// How far programs are kept apart, and whether that is yet to be shown.
fn isolation(options: &Run) -> Result<(Isolation, Footing), Problem> {
    let isolation = match options.isolation {
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
        arguments::Isolation::Auto if !options.connect.is_empty() => probe().best(),
        arguments::Isolation::Auto => return Ok((Isolation::Full, Footing::assumed())),
    };
    Ok((isolation, Footing::firm()))
}

fn addresses(connect: &[(String, String)]) -> Result<Vec<(String, SocketAddr)>, Problem> {
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

/// A worker: takes jobs until none is left. Each has a runtime of its own, on its own thread.
fn work(
    schedule: &Schedule,
    context: &Context<'_>,
    news: &mpsc::UnboundedSender<News>,
    mut cancelled: watch::Receiver<bool>,
) {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(problem) => {
            let _ = news.send(News::Problem(0, Obstacle::Problem(problem)));
            return;
        }
    };
    while let Some(job) = schedule.next() {
        let told = match job {
            Job::Prepare(group) => {
                let done = runtime.block_on(async {
                    tokio::select! {
                        filling = prepare(schedule, context, group) => Some(filling),
                        _ = cancelled.wait_for(|cancelled| *cancelled) => None,
                    }
                });
                let Some(filling) = done else { return };
                if filling.is_err() && !context.footing.bears_trouble() {
                    return schedule.stop();
                }
                let filling = filling.map(Arc::new);
                schedule.prepared(group, filling.as_ref().map(Arc::clone));
                filling
                    .err()
                    .map(|error| News::Problem(group, obstacle(error, &context.named[group])))
            }
            Job::Skip(group, entry, need) => {
                let mut result = blank(schedule, context, group, entry);
                result.outcome = Outcome::Skipped { need };
                Some(News::Result(group, entry, Box::new(result)))
            }
            Job::Play(group, entry, filling) => {
                let options = Options {
                    seed: context.seed.clone(),
                    deadline: context.options.deadline,
                };
                let lab = &schedule.groups[group].lab;
                let done = runtime.block_on(async {
                    tokio::select! {
                        result = play(&lab.name, &lab.scenarios[entry], &filling, &options) => Some(result),
                        _ = cancelled.wait_for(|cancelled| *cancelled) => None,
                    }
                });
                let Some(mut result) = done else { return };
                if !context.footing.bears(&result.outcome) {
                    return schedule.stop();
                }
                result.again = again(context, group, &result);
                schedule.done(group, entry, &result.outcome);
                Some(News::Result(group, entry, Box::new(result)))
            }
        };
        if let Some(told) = told
            && news.send(told).is_err()
        {
            return;
        }
    }
}

async fn prepare(
    schedule: &Schedule,
    context: &Context<'_>,
    group: usize,
) -> Result<Filling, FillingError> {
    let submission = context.named[group].submission.clone();
    Filling::prepare(
        &schedule.groups[group].lab,
        submission,
        &context.options.role,
        &context.running,
        context.isolation,
    )
    .await
}

fn obstacle(error: FillingError, named: &Named) -> Obstacle {
    keeps_from_running(error, named.submission.as_ref())
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

/// A result without any event.
fn blank(schedule: &Schedule, context: &Context<'_>, group: usize, entry: usize) -> ScenarioResult {
    let lab = &schedule.groups[group].lab;
    let submission = context.named[group].submission.as_ref();
    unplayed(&lab.name, &lab.scenarios[entry], submission, &context.seed)
}

/// The words after `viva` that repeat this very run of a scenario.
fn again(context: &Context<'_>, group: usize, result: &ScenarioResult) -> Vec<Word> {
    let mut words: Vec<Word> = vec!["run".into(), context.named[group].target.clone().into()];
    let mut option = |name: &str, value: Word| words.extend([name.into(), value]);
    option("--only", result.scenario.clone().into());
    option("--seed", result.seed.clone().into());
    if let Some(submission) = &context.named[group].submission {
        option("--submission", submission.folder.as_os_str().into());
    }
    let options = context.options;
    for (name, pairs) in [
        ("--role", &options.role),
        ("--connect", &options.connect),
        ("--set", &options.set),
    ] {
        for (left, right) in pairs {
            option(name, format!("{left}={right}").into());
        }
    }
    if let Some(deadline) = options.deadline {
        option("--deadline", format!("{}ms", deadline.as_millis()).into());
    }
    match options.isolation {
        arguments::Isolation::Auto => {}
        arguments::Isolation::Full => option("--isolation", "full".into()),
        arguments::Isolation::Basic => option("--isolation", "basic".into()),
        arguments::Isolation::None => option("--isolation", "none".into()),
    }
    words
}
