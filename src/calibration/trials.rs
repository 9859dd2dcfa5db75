//! Runs all that a calibration asks for, several at a time.

use std::hint::spin_loop;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use crate::r#box::Isolation;
use crate::diagnostic::Diagnostic;
use crate::engine::{Filling, FillingError, Mutated, Options, play, play_mutant};
use crate::scenario::{Contract, KnownProgram, Lab, Mutation};
use crate::transcript::Proof;
use crate::verdict::Outcome;

use super::table::{Calibration, Cell, Row, Subject, needs};

/// Reads the lab with these conventions and variables.
pub type Reader<'a> = dyn Fn(&[(String, String)]) -> Result<Lab, Vec<Diagnostic>> + Sync + 'a;

/// What is to be run.
pub struct Plan<'a> {
    /// Reads the lab.
    pub read: &'a Reader<'a>,
    /// Its contract.
    pub contract: Contract,
    /// The folder of its known programs.
    pub known: Option<PathBuf>,
    /// Names of scenarios; none: all.
    pub only: Vec<String>,
    /// How often everything is run, at least once.
    pub rounds: usize,
    /// Whether all processors are kept busy by other work meanwhile.
    pub load: bool,
    /// How many scenarios run at a time, at least one.
    pub jobs: usize,
    /// The seed of the random words; each round has its own.
    pub seed: String,
    /// Instead of the scenarios' deadlines per step.
    pub deadline: Option<Duration>,
    /// How programs are kept apart.
    pub isolation: Isolation,
}

/// A lab and what fills its roles.
struct Trial {
    lab: Lab,
    commands: Vec<(String, String)>,
    mutation: Option<Mutation>,
    /// The known program that it is about.
    known: Option<KnownProgram>,
    /// The scenarios that it is examined in.
    scenarios: Vec<usize>,
    filling: OnceLock<Result<Filling, FillingError>>,
}

/// One run of one scenario.
struct Job {
    trial: usize,
    scenario: usize,
    /// The place of the scenario in the table.
    column: usize,
    round: usize,
}

/// How one run came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    NotApplicable,
    Passed { altered: bool },
    Failed { overdue: bool },
    Trouble,
}

/// Runs everything; `told` hears how many of how many runs are done, from any thread.
///
/// # Errors
///
/// The lab can't be read with the settings of a known program.
pub fn calibrate(
    plan: &Plan<'_>,
    told: &(dyn Fn(usize, usize) + Sync),
) -> Result<Calibration, Vec<Diagnostic>> {
    let lab = (plan.read)(&[])?;
    let trials = trials(plan, &lab)?;
    let is_wanted = |name: &String| plan.only.is_empty() || plan.only.contains(name);
    let columns: Vec<usize> = (0..lab.scenarios.len())
        .filter(|index| is_wanted(&lab.scenarios[*index].scenario.name))
        .collect();
    let mut jobs = Vec::new();
    for round in 0..plan.rounds.max(1) {
        for (trial, of) in trials.iter().enumerate() {
            for (column, scenario) in columns.iter().copied().enumerate() {
                if of.scenarios.contains(&scenario) {
                    jobs.push(Job {
                        trial,
                        scenario,
                        column,
                        round,
                    });
                }
            }
        }
    }
    let came: Vec<Mutex<Vec<Came>>> = (0..trials.len() * columns.len())
        .map(|_| Mutex::new(Vec::new()))
        .collect();
    let (next, done, over) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicBool::new(false),
    );
    std::thread::scope(|scope| {
        if plan.load {
            for _ in 0..available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        spin_loop();
                    }
                });
            }
        }
        let workers: Vec<_> = (0..plan.jobs.max(1))
            .map(|_| {
                scope.spawn(|| {
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let outcome = run(plan, &trials[job.trial], job);
                        came[job.trial * columns.len() + job.column]
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(outcome);
                        told(done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
                    }
                })
            })
            .collect();
        let joined: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        over.store(true, Ordering::Relaxed);
        // What a worker that panics would have found is missing from the table: nobody shall take it for whole.
        if let Some(panic) = joined.into_iter().find_map(Result::err) {
            std::panic::resume_unwind(panic);
        }
    });
    let came: Vec<Vec<Came>> = came
        .into_iter()
        .map(|came| came.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect();
    Ok(Calibration {
        lab: lab.name.clone(),
        scenarios: columns
            .iter()
            .map(|scenario| lab.scenarios[*scenario].scenario.name.clone())
            .collect(),
        needs: needs(&lab, &columns),
        rows: rows(&lab, &columns, &trials, &came),
        contract: plan.contract.clone(),
        whole: columns.len() == lab.scenarios.len(),
        rounds: plan.rounds.max(1),
    })
}

fn trials(plan: &Plan<'_>, lab: &Lab) -> Result<Vec<Trial>, Vec<Diagnostic>> {
    let reference = stand_ins(plan, lab);
    let settings = settings(plan, lab)?;
    let of_reference = |mutation| {
        let reference = &reference;
        settings.iter().map(move |(lab, scenarios)| Trial {
            lab: lab.clone(),
            commands: reference.clone(),
            mutation,
            known: None,
            scenarios: scenarios.clone(),
            filling: OnceLock::new(),
        })
    };
    let mut trials: Vec<Trial> = of_reference(None).collect();
    for known in &plan.contract.programs {
        let Some(folder) = &plan.known else { continue };
        let file = folder.join(&known.file).display().to_string();
        let mut commands = vec![(known.role.clone(), file)];
        let others = reference.iter().filter(|(role, _)| *role != known.role);
        commands.extend(others.cloned());
        let lab = (plan.read)(&known.set)?;
        let casts = |scenario: &usize| {
            let scenario = &lab.scenarios[*scenario].scenario;
            scenario.casts(&[&known.role])
        };
        trials.push(Trial {
            scenarios: (0..lab.scenarios.len()).filter(casts).collect(),
            lab,
            commands,
            mutation: None,
            known: Some(known.clone()),
            filling: OnceLock::new(),
        });
    }
    trials.extend(
        Mutation::ALL
            .iter()
            .flat_map(|(_, mutation)| of_reference(Some(*mutation))),
    );
    Ok(trials)
}

/// The lab with each of the settings for the reference, and the scenarios that apply with none before.
fn settings(plan: &Plan<'_>, lab: &Lab) -> Result<Vec<(Lab, Vec<usize>)>, Vec<Diagnostic>> {
    let mut left: Vec<usize> = (0..lab.scenarios.len()).collect();
    let mut all = Vec::new();
    for set in &plan.contract.settings {
        let lab = (plan.read)(set)?;
        let applies = |scenario: &usize| lab.scenarios[*scenario].scenario.excluded().is_none();
        let (now, later) = left.into_iter().partition(applies);
        left = later;
        all.push((lab, now));
    }
    if all.is_empty() {
        all.push((lab.clone(), left));
    }
    Ok(all)
}

/// What takes the place of the reference in the roles that have none: their first right known program.
fn stand_ins(plan: &Plan<'_>, lab: &Lab) -> Vec<(String, String)> {
    let Some(folder) = &plan.known else {
        return Vec::new();
    };
    let roles = lab.roles.iter().filter(|role| role.reference.is_empty());
    let stand_ins = roles.filter_map(|role| {
        let is_right = |known: &&KnownProgram| {
            known.role == role.name
                && known.set.is_empty()
                && known.must_fail.is_empty()
                && known.may_fail.is_empty()
        };
        let known = plan.contract.programs.iter().find(is_right)?;
        let file = folder.join(&known.file).display().to_string();
        Some((role.name.clone(), file))
    });
    stand_ins.collect()
}

fn run(plan: &Plan<'_>, trial: &Trial, job: &Job) -> Came {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        return Came::Trouble;
    };
    let filling = trial.filling.get_or_init(|| {
        let prepared = Filling::prepare(&trial.lab, None, &trial.commands, &[], plan.isolation);
        runtime.block_on(prepared)
    });
    let filling = match filling {
        Ok(filling) if !filling.is_unbuilt() => filling,
        _ => return Came::Trouble,
    };
    let options = Options {
        seed: format!("{}{}", plan.seed, job.round),
        deadline: plan.deadline,
    };
    let (name, entry) = (&trial.lab.name, &trial.lab.scenarios[job.scenario]);
    let Mutated { result, altered } = runtime.block_on(async {
        match trial.mutation {
            Some(mutation) => play_mutant(name, entry, filling, &options, mutation).await,
            None => Mutated {
                result: play(name, entry, filling, &options).await,
                altered: 0,
            },
        }
    });
    match result.outcome {
        Outcome::NotApplicable { .. } | Outcome::Skipped { .. } => Came::NotApplicable,
        Outcome::Passed => Came::Passed {
            altered: altered > 0,
        },
        // Then it is not the mutant's doing.
        Outcome::Failed(_) if trial.mutation.is_some() && altered == 0 => Came::Trouble,
        Outcome::Failed(failure) => Came::Failed {
            overdue: failure.proof == Proof::Deadline,
        },
        Outcome::Error(_) => Came::Trouble,
    }
}

fn rows(lab: &Lab, columns: &[usize], trials: &[Trial], came: &[Vec<Came>]) -> Vec<Row> {
    let mut rows = Vec::new();
    // The same by one setting after another is one row.
    let is_same = |one: &Trial, other: &Trial| {
        one.known.is_none() && other.known.is_none() && one.mutation == other.mutation
    };
    let came: Vec<&[Vec<Came>]> = came.chunks(columns.len().max(1)).collect();
    for (index, trial) in trials.iter().enumerate() {
        if trials[..index].iter().any(|before| is_same(before, trial)) {
            continue;
        }
        let same: Vec<usize> = (index..trials.len())
            .filter(|other| *other == index || is_same(trial, &trials[*other]))
            .collect();
        let cells: Vec<Cell> = (0..columns.len())
            .map(|column| {
                let came = same.iter().flat_map(|trial| &came[*trial][column]);
                cell(&came.copied().collect::<Vec<_>>())
            })
            .collect();
        let not_run = same.iter().any(|trial| match trials[*trial].filling.get() {
            Some(Ok(filling)) => filling.is_unbuilt(),
            Some(Err(_)) => true,
            None => false,
        });
        let Some(mutation) = trial.mutation else {
            let subject = match &trial.known {
                Some(known) => Subject::Known(known.clone()),
                None => Subject::Reference,
            };
            rows.push(Row {
                subject,
                cells,
                not_run,
            });
            continue;
        };
        for role in &lab.roles {
            let of_role = columns.iter().zip(&cells).map(|(scenario, cell)| {
                match lab.scenarios[*scenario].scenario.casts(&[&role.name]) {
                    true => *cell,
                    false => Cell::NotRun,
                }
            });
            rows.push(Row {
                subject: Subject::Mutant(role.name.clone(), mutation),
                cells: of_role.collect(),
                not_run,
            });
        }
    }
    // Role by role.
    let order = |row: &Row| match &row.subject {
        Subject::Mutant(role, _) => {
            1 + lab
                .roles
                .iter()
                .position(|known| known.name == *role)
                .unwrap_or(0)
        }
        _ => 0,
    };
    rows.sort_by_key(order);
    rows
}

fn cell(came: &[Came]) -> Cell {
    let failed = |came: &&Came| matches!(came, Came::Failed { .. });
    let count = came.iter().filter(failed).count();
    if came.contains(&Came::Trouble) {
        Cell::Trouble
    } else if came.is_empty() || came.contains(&Came::NotApplicable) {
        Cell::NotRun
    } else if count == 0 {
        Cell::Passed {
            altered: came.contains(&Came::Passed { altered: true }),
        }
    } else if count == came.len() {
        Cell::Failed {
            overdue: came.contains(&Came::Failed { overdue: true }),
        }
    } else {
        Cell::Unstable { failed: count }
    }
}
