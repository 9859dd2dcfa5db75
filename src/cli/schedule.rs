//! Which scenario is run next, by whom: groups (a lab and a submission) whose entries may need one another.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::engine::{Filling, FillingError, not_applicable};
use crate::scenario::Lab;
use crate::verdict::Outcome;

/// A lab to be run against one submission.
pub(super) struct Group {
    pub(super) lab: Arc<Lab>,
    /// Whether the entry of this index is selected.
    pub(super) selected: Vec<bool>,
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

#[derive(Clone)]
enum State {
    Waiting,
    Running,
    Passed,
    NotPassed,
}

enum Prepared {
    Not,
    UnderWay,
    Ready(Arc<Filling>),
    Impossible,
}

struct Progress {
    prepared: Vec<Prepared>,
    entries: Vec<Vec<State>>,
    stopped: bool,
}

/// The jobs of a run, handed out to workers.
pub(super) struct Schedule {
    pub(super) groups: Vec<Group>,
    progress: Mutex<Progress>,
    changed: Condvar,
}

impl Schedule {
    pub(super) fn new(groups: Vec<Group>) -> Self {
        let progress = Progress {
            prepared: groups.iter().map(|_| Prepared::Not).collect(),
            entries: groups
                .iter()
                .map(|group| vec![State::Waiting; group.lab.scenarios.len()])
                .collect(),
            stopped: false,
        };
        Schedule {
            groups,
            progress: Mutex::new(progress),
            changed: Condvar::new(),
        }
    }

    /// All selected entries, group by group.
    pub(super) fn order(&self) -> impl Iterator<Item = (usize, usize)> {
        self.groups.iter().enumerate().flat_map(|(group, of)| {
            let entries = of.selected.iter().enumerate();
            entries.filter_map(move |(entry, selected)| selected.then_some((group, entry)))
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
            for group in 0..self.groups.len() {
                match &progress.prepared[group] {
                    Prepared::Not => {
                        progress.prepared[group] = Prepared::UnderWay;
                        return Some(Job::Prepare(group));
                    }
                    Prepared::UnderWay => busy = true,
                    Prepared::Impossible => {}
                    Prepared::Ready(filling) => {
                        let filling = Arc::clone(filling);
                        match self.next_of(group, &filling, &mut progress.entries[group]) {
                            Next::Play(entry) => return Some(Job::Play(group, entry, filling)),
                            Next::Skip(entry, need) => return Some(Job::Skip(group, entry, need)),
                            Next::Later => busy = true,
                            Next::Nothing => {}
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
        let Group { lab, selected } = &self.groups[group];
        let mut later = false;
        for (index, entry) in lab
            .scenarios
            .iter()
            .enumerate()
            .filter(|(index, _)| selected[*index])
        {
            match states[index] {
                State::Running => later = true,
                State::Passed | State::NotPassed => {}
                State::Waiting => {
                    // It needs nothing, and says at once that it is not applicable.
                    if not_applicable(&entry.scenario, filling).is_some() {
                        states[index] = State::Running;
                        return Next::Play(index);
                    }
                    // What is not selected can't be waited for.
                    let needs = entry.needs.iter().filter_map(|need| {
                        lab.scenarios
                            .iter()
                            .position(|other| other.scenario.name == *need)
                            .filter(|other| selected[*other])
                    });
                    let mut missing = None;
                    let mut open = false;
                    for need in needs {
                        match states[need] {
                            State::Passed => {}
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
            Err(_) => Prepared::Impossible,
        };
        self.changed.notify_all();
    }

    /// An entry came out.
    pub(super) fn done(&self, group: usize, entry: usize, outcome: &Outcome) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        // What is not applicable keeps nothing from being run.
        let passed = matches!(outcome, Outcome::Passed | Outcome::NotApplicable { .. });
        progress.entries[group][entry] = if passed {
            State::Passed
        } else {
            State::NotPassed
        };
        self.changed.notify_all();
    }

    /// What was under way is to be done again, from the preparations on; what came out stays.
    pub(super) fn begin_again(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.stopped = false;
        for prepared in &mut progress.prepared {
            if !matches!(prepared, Prepared::Impossible) {
                *prepared = Prepared::Not;
            }
        }
        for state in progress.entries.iter_mut().flatten() {
            if matches!(state, State::Running) {
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

enum Next {
    Play(usize),
    Skip(usize, String),
    Later,
    Nothing,
}
