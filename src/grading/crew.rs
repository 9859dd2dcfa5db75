//! The workers: they take jobs from a [`Schedule`] until none is left, and tell what came out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};

use crate::r#box::Isolation;
use crate::engine::{Filling, FillingError, Options, play, unplayed};
use crate::scenario::Counts;
use crate::verdict::{Outcome, ScenarioResult, Word};

use super::footing::Footing;
use super::marks::{is_timed, settle};
use super::schedule::{Group, Job, Schedule};

/// How everything of a run is run.
pub struct Plan {
    /// What fills roles instead of what submissions hold: role and command.
    pub commands: Vec<(String, String)>,
    /// Programs that run already: role and address.
    pub running: Vec<(String, SocketAddr)>,
    /// How programs are kept apart.
    pub isolation: Isolation,
    /// Whether that is sure.
    pub footing: Footing,
    /// The seed of the random words.
    pub seed: String,
    /// Instead of the scenarios' deadlines per step.
    pub deadline: Option<Duration>,
    /// How many scenarios at a time; `None`: as many as there are processors.
    pub jobs: Option<usize>,
    /// Whether a failure that only time told is tried again, as the lab says.
    pub repeat: bool,
    /// The options on the command line with which this is run, to be repeated.
    pub options: Vec<Word>,
}

/// What is heard from the workers.
pub enum News {
    /// An entry of a group came out.
    Result(usize, usize, Box<Came>),
    /// A group can't be run.
    Unprepared(usize, FillingError),
    /// A worker can't work: what the system says.
    Trouble(std::io::Error),
}

/// How an entry came out.
pub struct Came {
    /// The run that counts.
    pub result: ScenarioResult,
    /// How many runs were passed.
    pub passed: u32,
    /// Of how many.
    pub runs: u32,
}

impl Plan {
    /// How many workers there are for `schedule`.
    fn workers(&self, schedule: &Schedule) -> usize {
        // Without a network of its own, two scenarios could want one port.
        if !self.isolation.has_own_network() {
            return 1;
        }
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let wanted = self.jobs.unwrap_or_else(cores);
        wanted.min(schedule.order().count().max(1))
    }

    /// The words after `viva` that repeat this very run of a scenario.
    fn again(&self, group: &Group, result: &ScenarioResult) -> Vec<Word> {
        let mut words: Vec<Word> = vec!["run".into(), group.target.clone().into()];
        let mut option = |name: &str, value: Word| words.extend([name.into(), value]);
        option("--only", result.scenario.clone().into());
        option("--seed", result.seed.clone().into());
        if let Some(submission) = &group.submission {
            option("--submission", submission.folder.as_os_str().into());
        }
        words.extend(self.options.iter().cloned());
        words
    }
}

/// What calls the workers off: those under way end what they run without a result.
pub struct Stop<'a> {
    schedule: &'a Schedule,
    cancel: watch::Sender<bool>,
}

impl Stop<'_> {
    /// No more jobs, and none to its end.
    pub fn stop(&self) {
        self.schedule.stop();
        self.cancel.send_replace(true);
    }
}

/// Runs everything; `listen` hears what comes out until all workers are done, and says whether there shall be no more of it.
///
/// If it turns out that this machine gives no namespaces, where that was left to the machine, everything that has not come out yet is
/// run without them, and `plan` says so afterwards.
pub fn run(
    plan: &mut Plan,
    schedule: &Schedule,
    mut listen: impl FnMut(mpsc::Receiver<News>, &Stop<'_>) -> bool,
) {
    loop {
        // Who can't keep up with what comes out must not have all of it in memory.
        let (news, hearing) = mpsc::channel(WAITING);
        let (cancel, cancelled) = watch::channel(false);
        let stop = Stop { schedule, cancel };
        let is_enough = std::thread::scope(|scope| {
            for _ in 0..plan.workers(schedule) {
                let (plan, news, cancelled) = (&*plan, news.clone(), cancelled.clone());
                scope.spawn(move || work(schedule, plan, &news, cancelled));
            }
            drop(news);
            listen(hearing, &stop)
        });
        if !plan.footing.is_gone() || is_enough {
            return;
        }
        plan.isolation = Isolation::Basic;
        plan.footing = Footing::firm();
        schedule.begin_again();
    }
}

/// Results that wait for being heard; their workers wait with the next.
const WAITING: usize = 16;

/// A worker: takes jobs until none is left. Each has a runtime of its own, on its own thread.
fn work(
    schedule: &Schedule,
    plan: &Plan,
    news: &mpsc::Sender<News>,
    mut cancelled: watch::Receiver<bool>,
) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = news.blocking_send(News::Trouble(error));
            return;
        }
    };
    while let Some(job) = schedule.next() {
        let told = match job {
            Job::Prepare(group) => {
                let of = &schedule.groups[group];
                let prepared = unless(&runtime, &mut cancelled, prepare(plan, of));
                let Some(filling) = prepared else { return };
                if filling.is_err() && !plan.footing.bears_trouble() {
                    return schedule.stop();
                }
                let filling = filling.map(Arc::new);
                schedule.prepared(group, filling.as_ref().map(Arc::clone));
                filling.err().map(|error| News::Unprepared(group, error))
            }
            Job::Skip(group, entry, need) => {
                let of = &schedule.groups[group];
                let (lab, submission) = (&of.lab, of.submission.as_ref());
                let mut result = unplayed(&lab.name, &lab.scenarios[entry], submission, &plan.seed);
                result.outcome = Outcome::Skipped { need };
                Some(News::Result(
                    group,
                    entry,
                    Box::new(Came {
                        result,
                        passed: 0,
                        runs: 0,
                    }),
                ))
            }
            Job::Play(group, entry, filling) => {
                let of = &schedule.groups[group];
                let played = unless(&runtime, &mut cancelled, try_out(plan, of, entry, &filling));
                let Some(mut runs) = played else { return };
                if !runs.iter().all(|run| plan.footing.bears(&run.outcome)) {
                    return schedule.stop();
                }
                for run in &mut runs {
                    run.again = plan.again(of, run);
                }
                let counts = if plan.repeat {
                    of.lab.grading.counts
                } else {
                    Counts::Best
                };
                settle(runs, counts).map(|(result, passed, runs)| {
                    schedule.done(group, entry, &result.outcome);
                    News::Result(
                        group,
                        entry,
                        Box::new(Came {
                            result,
                            passed,
                            runs,
                        }),
                    )
                })
            }
        };
        if let Some(told) = told
            && news.blocking_send(told).is_err()
        {
            return;
        }
    }
}

/// What `work` gives, unless all work is called off before.
fn unless<T>(
    runtime: &Runtime,
    cancelled: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Option<T> {
    runtime.block_on(async {
        tokio::select! {
            done = work => Some(done),
            _ = cancelled.wait_for(|cancelled| *cancelled) => None,
        }
    })
}

async fn prepare(plan: &Plan, group: &Group) -> Result<Filling, FillingError> {
    let (lab, submission) = (&group.lab, group.submission.clone());
    Filling::prepare(
        lab,
        submission,
        &plan.commands,
        &plan.running,
        plan.isolation,
    )
    .await
}

/// Runs an entry, and again as long as only time says that it fails and the lab wants it tried again. At least one result.
async fn try_out(
    plan: &Plan,
    group: &Group,
    entry: usize,
    filling: &Filling,
) -> Vec<ScenarioResult> {
    let (lab, options) = (
        &group.lab,
        Options {
            seed: plan.seed.clone(),
            deadline: plan.deadline,
        },
    );
    let times = if plan.repeat {
        lab.grading.times.max(1)
    } else {
        1
    };
    let mut runs: Vec<ScenarioResult> = Vec::new();
    loop {
        let result = play(&lab.name, &lab.scenarios[entry], filling, &options).await;
        runs.push(result);
        let all_timed = runs.iter().any(|run| is_timed(&run.outcome));
        if runs.len() >= times as usize || !all_timed {
            return runs;
        }
    }
}
