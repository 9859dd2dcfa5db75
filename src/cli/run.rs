//! `viva run`: runs scenarios against submissions, several at a time, and prints each result in order.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::r#box::{Isolation, probe};
use crate::engine::{Filling, FillingError, Options, Submission, play};
use crate::report::{Conclusion, Problem, Style};
use crate::scenario::Overrides;
use crate::verdict::{Kind, Outcome, RunReport, ScenarioResult};

use super::arguments::{self, Run};
use super::schedule::{Group, Job, Schedule};
use super::target::Target;
use super::{Exit, complain, print};

/// What a worker tells the printer.
enum News {
    /// The result of an entry of a group.
    Result(usize, usize, Box<ScenarioResult>),
    /// A group can't be run.
    Problem(usize, Problem),
}

/// A group as the command line names it.
struct Named {
    target: String,
    submission: Option<Submission>,
}

pub(super) fn run(options: &Run, style: &Style) -> Exit {
    let isolation = match isolation(options.isolation) {
        Ok(isolation) => isolation,
        Err(problem) => {
            complain(&problem, style);
            return Exit::Trouble;
        }
    };
    let running = match addresses(&options.connect) {
        Ok(running) => running,
        Err(problem) => {
            complain(&problem, style);
            return Exit::Usage;
        }
    };
    let (groups, named) = match groups(options, style) {
        Ok(groups) => groups,
        Err(exit) => return exit,
    };
    let seed = options.seed.clone().unwrap_or_else(fresh_seed);
    let context = Context {
        options,
        isolation,
        running,
        seed,
        named,
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(
                &Problem::System {
                    doing: "runtime".into(),
                    message: error.to_string(),
                },
                style,
            );
            return Exit::Trouble;
        }
    };
    let schedule = Schedule::new(groups);
    // Without a network of its own, two scenarios could want one port.
    let most = if isolation == Isolation::Basic {
        1
    } else {
        std::thread::available_parallelism().map_or(1, usize::from)
    };
    let workers = options
        .jobs
        .map_or(most, usize::from)
        .min(if isolation == Isolation::Basic {
            1
        } else {
            usize::MAX
        });
    let selected: usize = schedule
        .groups
        .iter()
        .map(|group| group.selected.iter().filter(|selected| **selected).count())
        .sum();
    let workers = workers.min(selected.max(1));
    let (news, hearing) = mpsc::unbounded_channel();
    let (cancel, cancelled) = watch::channel(false);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (schedule, context, news, cancelled) =
                (&schedule, &context, news.clone(), cancelled.clone());
            scope.spawn(move || work(schedule, context, &news, cancelled));
        }
        drop(news);
        runtime.block_on(print_results(
            &schedule, &context, hearing, &cancel, selected, style,
        ))
    })
}

/// What all workers share.
struct Context<'a> {
    options: &'a Run,
    isolation: Isolation,
    running: Vec<(String, SocketAddr)>,
    seed: String,
    named: Vec<Named>,
}

fn isolation(wanted: arguments::Isolation) -> Result<Isolation, Problem> {
    match (wanted, probe().namespaces.clone()) {
        (arguments::Isolation::Basic, _) | (arguments::Isolation::Auto, Err(_)) => {
            Ok(Isolation::Basic)
        }
        (_, Ok(())) => Ok(Isolation::Namespaces),
        (arguments::Isolation::Full, Err(why)) => Err(Problem::NoNamespaces { why }),
    }
}

fn addresses(connect: &[(String, String)]) -> Result<Vec<(String, SocketAddr)>, Problem> {
    let parse = |(role, text): &(String, String)| match text.parse() {
        Ok(address) => Ok((role.clone(), address)),
        Err(_) => Err(Problem::BadAddress { text: text.clone() }),
    };
    connect.iter().map(parse).collect()
}

/// Four hexadecimal digits: enough to tell runs apart, short enough to type.
fn fresh_seed() -> String {
    use std::hash::{BuildHasher, Hasher};
    format!(
        "{:04x}",
        std::collections::hash_map::RandomState::new()
            .build_hasher()
            .finish()
            & 0xffff
    )
}

/// Reads every lab once for each submission, and selects its entries.
fn groups(options: &Run, style: &Style) -> Result<(Vec<Group>, Vec<Named>), Exit> {
    let mut submissions: Vec<Option<Submission>> = Vec::new();
    for folder in &options.submission {
        if !folder.is_dir() {
            complain(
                &Problem::NoSuchFile {
                    path: folder.display().to_string(),
                },
                style,
            );
            return Err(Exit::Usage);
        }
        submissions.push(Some(Submission {
            name: folder.display().to_string(),
            folder: folder.clone(),
        }));
    }
    if submissions.is_empty() {
        submissions.push(None);
    }
    let (mut groups, mut named, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for target in &options.targets {
        let target = Target::find(target).map_err(|problem| {
            complain(&problem, style);
            Exit::Usage
        })?;
        for submission in &submissions {
            let overrides = Overrides {
                set: options.set.clone(),
                submission: own_settings(submission.as_ref(), style)?,
            };
            let lab = target.read(&overrides).map_err(|diagnostics| {
                let _ = std::io::stderr()
                    .write_all(crate::report::diagnostics(&diagnostics, style).as_bytes());
                Exit::Usage
            })?;
            names.extend(
                lab.scenarios
                    .iter()
                    .map(|entry| entry.scenario.name.clone()),
            );
            // Who fills certain roles by hand asks about these roles.
            let by_hand: Vec<&String> = options
                .role
                .iter()
                .chain(&options.connect)
                .map(|(role, _)| role)
                .collect();
            let concerns = |entry: &crate::scenario::LabEntry| {
                submission.is_some() || by_hand.is_empty() || entry.scenario.casts(&by_hand)
            };
            let chosen = |name: &String| options.only.is_empty() || options.only.contains(name);
            let selected = lab
                .scenarios
                .iter()
                .map(|entry| chosen(&entry.scenario.name) && concerns(entry))
                .collect();
            groups.push(Group { lab, selected });
            named.push(Named {
                target: target.named().to_owned(),
                submission: submission.clone(),
            });
        }
    }
    if let Some(unknown) = options.only.iter().find(|only| !names.contains(only)) {
        names.dedup();
        complain(
            &Problem::UnknownScenario {
                name: unknown.clone(),
                known: names,
            },
            style,
        );
        return Err(Exit::Nothing);
    }
    if !groups.iter().any(|group| group.selected.contains(&true)) {
        complain(&Problem::NothingSelected, style);
        return Err(Exit::Nothing);
    }
    Ok((groups, named))
}

/// A submission's own viva.yaml: its name as shown, and its text.
fn own_settings(
    submission: Option<&Submission>,
    style: &Style,
) -> Result<Option<(String, String)>, Exit> {
    const MOST: u64 = 64 << 10;
    let Some(path) = submission.map(|submission| submission.folder.join("viva.yaml")) else {
        return Ok(None);
    };
    let shown = path.display().to_string();
    let is_file = std::fs::symlink_metadata(&path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST);
    if !is_file {
        return Ok(None);
    }
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((shown, text))),
        Err(error) => {
            complain(
                &Problem::Unreadable {
                    path: shown,
                    message: error.to_string(),
                },
                style,
            );
            Err(Exit::Usage)
        }
    }
}

/// A worker: takes jobs until none is left. Each has a runtime of its own, on its own thread.
fn work(
    schedule: &Schedule,
    context: &Context<'_>,
    news: &mpsc::UnboundedSender<News>,
    mut cancelled: watch::Receiver<bool>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = news.send(News::Problem(
                0,
                Problem::System {
                    doing: "runtime".into(),
                    message: error.to_string(),
                },
            ));
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
                let filling = filling.map(Arc::new);
                schedule.prepared(group, filling.as_ref().map(Arc::clone));
                filling
                    .err()
                    .map(|error| News::Problem(group, problem_of(error)))
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

fn problem_of(error: FillingError) -> Problem {
    match error {
        FillingError::UnknownRole(role) => Problem::UnknownRole { role },
        FillingError::BadCommand(role) => Problem::BadCommand { role },
        FillingError::Missing(program) => Problem::MissingProgram { program },
        FillingError::UnknownKind(file) => Problem::UnknownKind { file },
        FillingError::Unreadable(path, message) => Problem::Unreadable {
            path: path.display().to_string(),
            message,
        },
        FillingError::Trouble(trouble) => Problem::Trouble(trouble),
    }
}

/// A result without any event.
fn blank(schedule: &Schedule, context: &Context<'_>, group: usize, entry: usize) -> ScenarioResult {
    let lab = &schedule.groups[group].lab;
    let entry = &lab.scenarios[entry];
    ScenarioResult {
        lab: lab.name.clone(),
        scenario: entry.scenario.name.clone(),
        title: entry.scenario.title.clone(),
        submission: context.named[group]
            .submission
            .as_ref()
            .map(|submission| submission.name.clone()),
        kind: if entry.robustness {
            Kind::Robustness
        } else {
            Kind::Core
        },
        points: entry.points,
        outcome: Outcome::Passed,
        steps: Vec::new(),
        remarks: Vec::new(),
        hint: entry.scenario.hint.clone(),
        seed: context.seed.clone(),
        again: Vec::new(),
        duration: Default::default(),
        transcript: Default::default(),
    }
}

/// The words after `viva` that repeat this very run of a scenario.
fn again(context: &Context<'_>, group: usize, result: &ScenarioResult) -> Vec<String> {
    let mut words = vec!["run".to_owned(), context.named[group].target.clone()];
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    option("--only", result.scenario.clone());
    option("--seed", result.seed.clone());
    if let Some(submission) = &context.named[group].submission {
        option("--submission", submission.name.clone());
    }
    let options = context.options;
    for (name, pairs) in [
        ("--role", &options.role),
        ("--connect", &options.connect),
        ("--set", &options.set),
    ] {
        for (left, right) in pairs {
            option(name, format!("{left}={right}"));
        }
    }
    words
}

/// Prints every result in the order of the command line, as soon as all before it are there.
async fn print_results(
    schedule: &Schedule,
    context: &Context<'_>,
    mut hearing: mpsc::UnboundedReceiver<News>,
    cancel: &watch::Sender<bool>,
    selected: usize,
    style: &Style,
) -> Exit {
    let bar = progress_bar(selected, context.options.json);
    let mut printer = Printer {
        options: context.options,
        style,
        bar,
        exit: Exit::Passed,
        waiting: BTreeMap::new(),
        printed: Vec::new(),
    };
    let order: Vec<(usize, usize)> = schedule
        .groups
        .iter()
        .enumerate()
        .flat_map(|(group, of)| {
            (0..of.selected.len())
                .filter(|entry| of.selected[*entry])
                .map(move |entry| (group, entry))
        })
        .collect();
    let mut next = order.iter().peekable();
    let mut impossible = Vec::new();
    let mut interrupted = false;
    let mut interruption = Interruption::new();
    loop {
        let news = tokio::select! {
            news = hearing.recv() => news,
            () = interruption.comes() => {
                if interrupted {
                    // Twice: at once. Every box ends when its owner does.
                    std::process::exit(130);
                }
                interrupted = true;
                schedule.stop();
                cancel.send_replace(true);
                continue;
            }
        };
        match news {
            None => break,
            Some(News::Problem(group, problem)) => {
                printer.bar.suspend(|| complain(&problem, style));
                printer.exit = printer.exit.max(if problem.is_the_users() {
                    Exit::Usage
                } else {
                    Exit::Trouble
                });
                impossible.push(group);
            }
            Some(News::Result(group, entry, result)) => {
                printer.waiting.insert((group, entry), *result);
            }
        }
        while let Some(at) = next.peek() {
            if impossible.contains(&at.0) {
                next.next();
            } else if let Some(result) = printer.waiting.remove(*at) {
                printer.result(result);
                next.next();
            } else {
                break;
            }
        }
    }
    // After an interruption some are missing; what was judged is printed all the same.
    for (_, result) in std::mem::take(&mut printer.waiting) {
        printer.result(result);
    }
    printer.finish(context, interrupted)
}

struct Printer<'a> {
    options: &'a Run,
    style: &'a Style,
    bar: ProgressBar,
    exit: Exit,
    waiting: BTreeMap<(usize, usize), ScenarioResult>,
    printed: Vec<ScenarioResult>,
}

impl Printer<'_> {
    fn result(&mut self, result: ScenarioResult) {
        if !self.options.json {
            let text = crate::report::scenario(&result, self.style);
            self.exit = self.exit.max(self.bar.suspend(|| print(&text)));
        }
        if let Some(folder) = &self.options.save
            && let Err(problem) = save(folder, self.printed.len() + 1, &result)
        {
            self.bar.suspend(|| complain(&problem, self.style));
            self.exit = Exit::Trouble;
        }
        self.bar.inc(1);
        self.printed.push(result);
    }

    fn finish(self, context: &Context<'_>, interrupted: bool) -> Exit {
        self.bar.finish_and_clear();
        let report = RunReport {
            version: 1,
            viva: env!("CARGO_PKG_VERSION").to_owned(),
            isolation: if context.isolation == Isolation::Namespaces {
                "namespaces"
            } else {
                "basic"
            }
            .to_owned(),
            results: self.printed,
            interrupted,
        };
        let text = if self.options.json {
            crate::report::json(&report)
        } else {
            crate::report::summary(&report, self.style)
        };
        let printed = print(&text);
        let concluded = match Conclusion::of(&report) {
            Conclusion::Passed => Exit::Passed,
            // Why a group could not be run at all says more.
            Conclusion::NothingSelected | Conclusion::NothingJudged if self.exit > Exit::Failed => {
                self.exit
            }
            Conclusion::NothingSelected => Exit::Nothing,
            Conclusion::Failed | Conclusion::NothingJudged => Exit::Failed,
            Conclusion::Trouble => Exit::Trouble,
            Conclusion::Interrupted => Exit::Interrupted,
        };
        concluded.max(self.exit).max(printed)
    }
}

fn save(folder: &Path, number: usize, result: &ScenarioResult) -> Result<(), Problem> {
    let name = format!(
        "{number:03}-{}.json",
        result.scenario.replace(['/', '\\'], "-")
    );
    let path = folder.join(name);
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, crate::report::save(result)));
    written.map_err(|error| Problem::Unwritable {
        path: path.display().to_string(),
        message: error.to_string(),
    })
}

/// Drawn on standard error, only where somebody watches it.
fn progress_bar(selected: usize, json: bool) -> ProgressBar {
    if selected < 2 || json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(selected as u64);
    if let Ok(look) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {elapsed}") {
        bar.set_style(look);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    bar
}

/// Ctrl-C, and the polite requests of the system to end.
struct Interruption(Vec<tokio::signal::unix::Signal>);

impl Interruption {
    fn new() -> Self {
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        Interruption(
            kinds
                .into_iter()
                .filter_map(|kind| signal(kind).ok())
                .collect(),
        )
    }

    async fn comes(&mut self) {
        std::future::poll_fn(|context| {
            let came = self
                .0
                .iter_mut()
                .any(|signal| signal.poll_recv(context).is_ready());
            if came {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
}
