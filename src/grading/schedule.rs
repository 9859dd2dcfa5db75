//! Which scenario is run next, by whom: groups (a lab and a submission) whose entries may need one another.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::engine::{Filling, FillingError, Submission, not_applicable};
use crate::scenario::Lab;
use crate::verdict::Outcome;

/// A lab to be run against one submission.
pub struct Group {
    /// The lab, as the submission's own settings change it.
    pub lab: Arc<Lab>,
    /// The lab as the user named it.
    pub target: String,
    /// Whose programs; `None`: those of the command line, or the reference.
    pub submission: Option<Submission>,
    /// What is to be done with each of the lab's scenarios.
    pub wanted: Vec<Wanted>,
}

/// What is to be done with a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing, and nobody asks about it.
    No,
    /// It is to be run.
    Run,
    /// It came out before.
    Known {
        /// Whether those that need it may run.
        passed: bool,
    },
}

/// What a worker does next.
pub(super) enum Job {
    /// Find and build what fills the roles.
    Prepare(usize),
    /// Run an entry of a group.
    Play(usize, usize, Arc<Filling>),
    /// Need not be run: this need was not passed.
    Skip(usize, usize, String),
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Unwanted,
    Waiting,
    Running,
    Passed,
    NotPassed,
}

enum Prepared {
    Not,
    UnderWay,
    Ready(Arc<Filling>),
    /// All of it has come out, or it can't be run.
    Over,
}

struct Progress {
    prepared: Vec<Prepared>,
    entries: Vec<Vec<State>>,
    /// All groups before this one are over.
    first: usize,
    stopped: bool,
}

/// The jobs of a run, handed out to workers.
pub struct Schedule {
    /// What is run, in the order in which it is begun.
    pub groups: Vec<Group>,
    progress: Mutex<Progress>,
    changed: Condvar,
}

impl Schedule {
    /// All that is wanted of these groups.
    pub fn new(groups: Vec<Group>) -> Self {
        let state = |wanted: &Wanted| match wanted {
            Wanted::No => State::Unwanted,
            Wanted::Run => State::Waiting,
            Wanted::Known { passed: true } => State::Passed,
            Wanted::Known { passed: false } => State::NotPassed,
        };
        let entries: Vec<Vec<State>> = groups
            .iter()
            .map(|group| group.wanted.iter().map(state).collect())
            .collect();
        let prepared = entries
            .iter()
            .map(|states| match states.contains(&State::Waiting) {
                true => Prepared::Not,
                false => Prepared::Over,
            })
            .collect();
        let progress = Progress {
            prepared,
            entries,
            first: 0,
            stopped: false,
        };
        Schedule {
            groups,
            progress: Mutex::new(progress),
            changed: Condvar::new(),
        }
    }

    /// All entries that are to be run, group by group.
    pub fn order(&self) -> impl Iterator<Item = (usize, usize)> {
        self.groups.iter().enumerate().flat_map(|(group, of)| {
            let entries = of.wanted.iter().enumerate();
            entries.filter_map(move |(entry, wanted)| {
                (*wanted == Wanted::Run).then_some((group, entry))
            })
        })
    }

    /// The next job; waits while all that is left needs what is being run; `None` when nothing is left.
    pub(super) fn next(&self) -> Option<Job> {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if progress.stopped {
                return None;
            }
            let mut busy = false;
            while let Some(Prepared::Over) = progress.prepared.get(progress.first) {
                progress.first += 1;
            }
            for group in progress.first..self.groups.len() {
                match &progress.prepared[group] {
                    Prepared::Not => {
                        progress.prepared[group] = Prepared::UnderWay;
                        return Some(Job::Prepare(group));
                    }
                    Prepared::UnderWay => busy = true,
                    Prepared::Over => {}
                    Prepared::Ready(filling) => {
                        let filling = Arc::clone(filling);
                        match self.next_of(group, &filling, &mut progress.entries[group]) {
                            Next::Play(entry) => return Some(Job::Play(group, entry, filling)),
                            Next::Skip(entry, need) => return Some(Job::Skip(group, entry, need)),
                            Next::Later => busy = true,
                            // Lets go of what was built for it.
                            Next::Nothing => progress.prepared[group] = Prepared::Over,
                        }
                    }
                }
            }
            if !busy {
                return None;
            }
            progress = self
                .changed
                .wait(progress)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn next_of(&self, group: usize, filling: &Filling, states: &mut [State]) -> Next {
        let lab = &self.groups[group].lab;
        let mut later = false;
        for (index, entry) in lab.scenarios.iter().enumerate() {
            match states[index] {
                State::Running => later = true,
                State::Unwanted | State::Passed | State::NotPassed => {}
                State::Waiting => {
                    // It needs nothing, and says at once that it is not applicable.
                    if not_applicable(&entry.scenario, filling).is_some() {
                        states[index] = State::Running;
                        return Next::Play(index);
                    }
                    let needs = entry.needs.iter().filter_map(|need| {
                        let mut scenarios = lab.scenarios.iter();
                        scenarios.position(|other| other.scenario.name == *need)
                    });
                    let mut missing = None;
                    let mut open = false;
                    for need in needs {
                        match states[need] {
                            // What is not wanted can't be waited for.
                            State::Unwanted | State::Passed => {}
                            State::NotPassed => missing = missing.or(Some(need)),
                            State::Waiting | State::Running => open = true,
                        }
                    }
                    if let Some(need) = missing {
                        states[index] = State::NotPassed;
                        return Next::Skip(index, lab.scenarios[need].scenario.name.clone());
                    }
                    if !open {
                        states[index] = State::Running;
                        return Next::Play(index);
                    }
                    later = true;
                }
            }
        }
        if later { Next::Later } else { Next::Nothing }
    }

    /// A group is prepared, or can't be.
    pub(super) fn prepared(&self, group: usize, filling: Result<Arc<Filling>, &FillingError>) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.prepared[group] = match filling {
            Ok(filling) => Prepared::Ready(filling),
            Err(_) => Prepared::Over,
        };
        self.changed.notify_all();
    }

    /// An entry came out.
    pub(super) fn done(&self, group: usize, entry: usize, outcome: &Outcome) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.entries[group][entry] = match opens(outcome) {
            true => State::Passed,
            false => State::NotPassed,
        };
        self.changed.notify_all();
    }

    /// What was under way is to be done again, from the preparations on; what came out stays.
    pub(super) fn begin_again(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.stopped = false;
        for prepared in &mut progress.prepared {
            if !matches!(prepared, Prepared::Over) {
                *prepared = Prepared::Not;
            }
        }
        for state in progress.entries.iter_mut().flatten() {
            if *state == State::Running {
                *state = State::Waiting;
            }
        }
    }

    /// No more jobs.
    pub(super) fn stop(&self) {
        self.progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stopped = true;
        self.changed.notify_all();
    }
}

/// Whether what needs it may run. What is not applicable keeps nothing from being run.
pub fn opens(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Passed | Outcome::NotApplicable { .. })
}

enum Next {
    Play(usize),
    Skip(usize, String),
    Later,
    Nothing,
}
