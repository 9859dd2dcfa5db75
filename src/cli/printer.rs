//! What `viva run` prints: each result in the order of the command line, and the summary.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::Receiver;

use crate::r#box::Isolation;
use crate::engine::Submission;
use crate::grading::{News, Schedule};
use crate::report::{Conclusion, Problem, Style};
use crate::verdict::{NotRun, RunReport, ScenarioResult};

use super::arguments::Run;
use super::run::{Obstacle, keeps_from_running};
use super::{Exit, complain, formats, print};

/// Prints results as they come, each after all that stand before it on the command line.
pub(super) struct Printer<'a> {
    options: &'a Run,
    style: &'a Style,
    bar: ProgressBar,
    exit: Exit,
    /// Groups and their entries, in order; those that are printed, or never come, are gone.
    order: Vec<(usize, usize)>,
    waiting: BTreeMap<(usize, usize), ScenarioResult>,
    printed: Vec<ScenarioResult>,
    obstacles: Vec<Obstacle>,
    /// The submission of each group.
    submissions: Vec<Option<Submission>>,
    not_run: Vec<NotRun>,
    interrupted: bool,
    /// Nothing is printed but what somebody else prints.
    quiet: bool,
}

impl<'a> Printer<'a> {
    /// `not_run`: what was found and said before; that is the user's to mend.
    pub(super) fn new(
        options: &'a Run,
        style: &'a Style,
        not_run: Vec<NotRun>,
        schedule: &Schedule,
    ) -> Self {
        let quiet = options.json || formats::want_all(&options.formats.wanted);
        let mut order: Vec<(usize, usize)> = schedule.order().collect();
        order.reverse();
        Printer {
            options,
            style,
            bar: progress_bar(order.len(), quiet),
            exit: if not_run.is_empty() {
                Exit::Passed
            } else {
                Exit::Usage
            },
            order,
            waiting: BTreeMap::new(),
            printed: Vec::new(),
            obstacles: Vec::new(),
            submissions: schedule
                .groups
                .iter()
                .map(|group| group.submission.clone())
                .collect(),
            not_run,
            interrupted: false,
            quiet,
        }
    }

    /// Prints what is heard until nothing comes any more; calls `stop` when interrupted.
    pub(super) async fn print(
        &mut self,
        mut hearing: Receiver<News>,
        interruption: &mut Interruption,
        stop: impl Fn(),
    ) {
        loop {
            let news = tokio::select! {
                news = hearing.recv() => news,
                () = interruption.comes() => {
                    if self.interrupted {
                        // Twice: at once. Every box ends when its owner does.
                        std::process::exit(130);
                    }
                    self.interrupted = true;
                    stop();
                    continue;
                }
            };
            match news {
                None => break,
                Some(News::Unprepared(group, error)) => {
                    let submission = self.submissions[group].as_ref();
                    let obstacle = keeps_from_running(error, submission);
                    let name = submission.map(|submission| submission.name.as_str());
                    self.not_run.extend(obstacle.not_run(name));
                    self.obstacle(obstacle);
                    self.order.retain(|(other, _)| *other != group);
                }
                Some(News::Trouble(error)) => {
                    let obstacle = Obstacle::Problem(Problem::System {
                        doing: "runtime".to_owned(),
                        message: error.to_string(),
                    });
                    self.not_run.extend(obstacle.not_run(None));
                    self.obstacle(obstacle);
                }
                Some(News::Result(group, entry, came)) => {
                    self.waiting.insert((group, entry), came.result);
                }
            }
            while let Some(result) = self.order.last().and_then(|next| self.waiting.remove(next)) {
                self.order.pop();
                self.result(result);
            }
        }
    }

    /// Whether somebody wants no more of it.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// What keeps several groups from being run is said once.
    fn obstacle(&mut self, obstacle: Obstacle) {
        if self.obstacles.contains(&obstacle) {
            return;
        }
        let exit = self.bar.suspend(|| obstacle.tell(self.style));
        self.exit = self.exit.max(exit);
        self.obstacles.push(obstacle);
    }

    fn result(&mut self, result: ScenarioResult) {
        if !self.quiet {
            let text = self.heading(&result) + &crate::report::scenario(&result, self.style);
            self.exit = self.exit.max(self.bar.suspend(|| print(&text)));
        }
        if let Some(folder) = &self.options.save
            && let Err(problem) = save(folder, self.printed.len() + 1, &result)
        {
            let exit = self.bar.suspend(|| complain(&problem, self.style));
            self.exit = self.exit.max(exit);
        }
        self.bar.inc(1);
        self.printed.push(result);
    }

    /// Whose results follow, where that changes and there are several.
    fn heading(&self, result: &ScenarioResult) -> String {
        let last = self.printed.last().map(|last| &last.submission);
        match &result.submission {
            Some(submission)
                if self.options.submission.len() > 1 && last != Some(&result.submission) =>
            {
                crate::report::heading(submission, self.style)
            }
            _ => String::new(),
        }
    }

    /// Prints the end of it all.
    pub(super) fn finish(mut self, isolation: Isolation) -> (Exit, RunReport) {
        // After an interruption some are missing; what was judged is printed all the same.
        for (_, result) in std::mem::take(&mut self.waiting) {
            self.result(result);
        }
        self.bar.finish_and_clear();
        let report = RunReport {
            version: 1,
            viva: env!("CARGO_PKG_VERSION").to_owned(),
            isolation,
            results: self.printed,
            not_run: self.not_run,
            interrupted: self.interrupted,
        };
        let conclusion = match (Conclusion::of(&report), self.exit) {
            (Conclusion::Interrupted, _) => Conclusion::Interrupted,
            (Conclusion::Trouble, _) | (_, Exit::Trouble) => Conclusion::Trouble,
            (_, Exit::Usage) => Conclusion::NotAllRun,
            (conclusion, _) => conclusion,
        };
        let nothing = report.results.is_empty() && !report.interrupted;
        let text = if self.options.json {
            crate::report::json(&report)
        } else if self.quiet {
            String::new()
        } else if nothing && self.exit > Exit::Passed {
            // Why nothing was run has been said.
            String::new()
        } else {
            crate::report::concluded(&report, conclusion, self.style)
        };
        let printed = print(&text);
        let concluded = match conclusion {
            Conclusion::Passed => Exit::Passed,
            Conclusion::NothingSelected => Exit::Nothing,
            Conclusion::Failed | Conclusion::NothingJudged => Exit::Failed,
            Conclusion::NotAllRun => Exit::Usage,
            Conclusion::Trouble => Exit::Trouble,
            Conclusion::Interrupted => Exit::Interrupted,
        };
        (concluded.max(printed), report)
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
fn progress_bar(selected: usize, quiet: bool) -> ProgressBar {
    if selected < 2 || quiet || !std::io::stderr().is_terminal() {
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
pub(super) struct Interruption(Vec<tokio::signal::unix::Signal>);

impl Interruption {
    /// Must be made before anything that shall not be cut short.
    pub(super) fn new(runtime: &tokio::runtime::Runtime) -> Self {
        // Signals are heard by the runtime that is entered.
        let _entered = runtime.enter();
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

    pub(super) async fn comes(&mut self) {
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
