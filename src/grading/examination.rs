//! One examination of a class: what of it is still to be run, where results go, and the class as it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::r#box::Isolation;
use crate::engine::Submission;
use crate::scenario::Lab;
use crate::verdict::{Outcome, Word};

use super::class::{Class, Column, Graded, Judged, Mark, NoMark, Submitted};
use super::crew::Came;
use super::finding::{Entry, Hindrance, Roll};
use super::journal::{Journal, JournalError, Owner, stamp};
use super::marks::{columns, judged, mark};
use super::schedule::{Group, Wanted, opens};

/// What of a class is to be run.
#[derive(Clone, Debug, Default)]
pub struct Pick {
    /// Only these scenarios; none: all.
    pub scenarios: Vec<String>,
    /// Only the submissions with these keys, or members with these keys; none: all.
    pub submissions: Vec<String>,
    /// Only what was not passed before, or never judged.
    pub failed: bool,
    /// Also what came out before and is still valid.
    pub again: bool,
}

/// An examination: who is in it, and how it stands.
pub struct Examination {
    lab: Arc<Lab>,
    owner: Owner,
    entries: Vec<Entry>,
    roster: Vec<String>,
    /// The keys of all, also of those in other shards.
    everybody: Vec<String>,
    journal: Journal,
    /// Who can be run, in the order of the groups.
    candidates: Vec<Candidate>,
    /// Entries that the machine keeps from being run.
    troubled: BTreeSet<usize>,
}

struct Candidate {
    entry: usize,
    lab: Arc<Lab>,
    stamp: String,
}

impl Examination {
    /// Of those in `roll` in `lab`. `own`: the lab as the submission in a folder changes it by its own settings, if it does; `options`: those on
    /// the command line that change results.
    pub fn new(
        lab: Arc<Lab>,
        roll: Roll,
        (journal, owner): (Journal, Owner),
        options: &[Word],
        own: impl Fn(&Path) -> Option<Arc<Lab>>,
    ) -> Self {
        let candidate = |(index, entry): (usize, &Entry)| {
            let Submitted::Files(handin) = &entry.submitted else {
                return None;
            };
            let own = own(Path::new(&handin.folder));
            let lab = own.unwrap_or_else(|| Arc::clone(&lab));
            Some(Candidate {
                entry: index,
                stamp: stamp(handin, &lab, &owner.seed, options),
                lab,
            })
        };
        let candidates = roll.entries.iter().enumerate().filter_map(candidate);
        Examination {
            candidates: candidates.collect(),
            lab,
            owner,
            entries: roll.entries,
            roster: roll.columns,
            everybody: roll.everybody,
            journal,
            troubled: BTreeSet::new(),
        }
    }

    /// The seed of the random words.
    pub fn seed(&self) -> &str {
        &self.owner.seed
    }

    /// The first of these keys that nobody in the class has.
    pub fn stranger<'a>(&self, keys: &'a [String]) -> Option<&'a String> {
        let is_here = |key: &String| self.entries.iter().any(|entry| is_of(key, entry));
        // Who is in another shard is no stranger.
        let is_known = |key: &&String| is_here(key) || self.everybody.contains(key);
        keys.iter().find(|key| !is_known(key))
    }

    /// The keys of all who are in it, in order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.entries.iter().map(|entry| &entry.key)
    }

    /// What the workers are given; each group is a candidate. `target`: the lab as the user named it.
    pub fn groups(&self, target: &str, pick: &Pick) -> Vec<Group> {
        let group = |candidate: &Candidate| {
            let entry = &self.entries[candidate.entry];
            let Submitted::Files(handin) = &entry.submitted else {
                return None;
            };
            Some(Group {
                wanted: self.wanted(candidate, entry, pick),
                lab: Arc::clone(&candidate.lab),
                target: target.to_owned(),
                submission: Some(submission(&entry.key, &handin.folder)),
            })
        };
        self.candidates.iter().filter_map(group).collect()
    }

    fn wanted(&self, candidate: &Candidate, entry: &Entry, pick: &Pick) -> Vec<Wanted> {
        let submission =
            pick.submissions.is_empty() || pick.submissions.iter().any(|key| is_of(key, entry));
        let scenarios = &candidate.lab.scenarios;
        let known = |index: usize| {
            let name = &scenarios[index].scenario.name;
            self.journal.known(&entry.key, name, &candidate.stamp)
        };
        let is_picked = |index: usize| {
            let name = &scenarios[index].scenario.name;
            submission && (pick.scenarios.is_empty() || pick.scenarios.contains(name))
        };
        let mut wanted: Vec<Wanted> = (0..scenarios.len())
            .map(|index| match known(index) {
                None if is_picked(index) => Wanted::Run,
                None => Wanted::No,
                Some(judged) => {
                    let passed = opens(&judged.outcome);
                    match is_picked(index) && (pick.again || pick.failed && !passed) {
                        true => Wanted::Run,
                        false => Wanted::Known { passed },
                    }
                }
            })
            .collect();
        // What was skipped stays so only as long as its need is known not to be passed.
        loop {
            let stale = (0..scenarios.len()).find(|index| {
                let skipped = known(*index).and_then(|judged| match &judged.outcome {
                    Outcome::Skipped { need } => Some(need),
                    _ => None,
                });
                let need = skipped.and_then(|need| {
                    let mut names = scenarios.iter().map(|entry| &entry.scenario.name);
                    names.position(|name| name == need)
                });
                wanted[*index] != Wanted::Run
                    && need.is_some_and(|need| wanted[need] != Wanted::Known { passed: false })
            });
            match stale {
                Some(index) => wanted[index] = Wanted::Run,
                None => return wanted,
            }
        }
    }

    /// Keeps how an entry of a group came out. `transcript`: the content of a file for `viva show`.
    ///
    /// # Errors
    ///
    /// The result folder can't be written.
    pub fn came(
        &mut self,
        group: usize,
        entry: usize,
        came: Came,
        transcript: &str,
    ) -> Result<(), JournalError> {
        let candidate = &self.candidates[group];
        let key = &self.entries[candidate.entry].key;
        // By the lab itself, not as a submission's own settings change it.
        let excused = self.lab.scenarios[entry].scenario.excluded().is_some();
        let judged = judged(came.result, came.passed, came.runs, excused);
        self.journal.keep(key, &candidate.stamp, judged, transcript)
    }

    /// A group can't be run; `by_the_machine`: which says nothing about what was handed in.
    pub fn hindered(&mut self, group: usize, (why, about): Hindrance, by_the_machine: bool) {
        let index = self.candidates[group].entry;
        let entry = &mut self.entries[index];
        if let Submitted::Files(handin) = &entry.submitted {
            let source = handin.source.clone();
            entry.submitted = Submitted::Unusable { source, why, about };
        }
        if by_the_machine {
            self.troubled.insert(index);
        }
    }

    /// The entry that a group is about.
    pub fn entry_of(&self, group: usize) -> &Entry {
        &self.entries[self.candidates[group].entry]
    }

    /// The mark of the entry that a group is about, as it stands.
    pub fn mark_of(&self, group: usize) -> Mark {
        let candidate = &self.candidates[group];
        let entry = &self.entries[candidate.entry];
        let results = self.results(entry, candidate);
        self.mark(candidate.entry, &results, &columns(&self.lab))
    }

    fn mark(&self, index: usize, results: &[Judged], columns: &[Column]) -> Mark {
        let submitted = &self.entries[index].submitted;
        let mut mark = mark(submitted, results, columns, &self.lab.grading);
        if self.troubled.contains(&index) {
            mark.none = Some(NoMark::Trouble(Vec::new()));
        }
        mark
    }

    fn results(&self, entry: &Entry, candidate: &Candidate) -> Vec<Judged> {
        let scenarios = candidate.lab.scenarios.iter();
        let latest = scenarios.filter_map(|of| {
            let name = &of.scenario.name;
            self.journal.latest(&entry.key, name, &candidate.stamp)
        });
        latest.cloned().collect()
    }

    /// The class as it stands.
    pub fn class(&self, isolation: Isolation, interrupted: bool) -> Class {
        let columns = columns(&self.lab);
        let candidates: BTreeMap<usize, &Candidate> = self
            .candidates
            .iter()
            .map(|candidate| (candidate.entry, candidate))
            .collect();
        let graded = |(index, entry): (usize, &Entry)| {
            let results = match (&entry.submitted, candidates.get(&index)) {
                (Submitted::Files(_), Some(candidate)) => self.results(entry, candidate),
                _ => Vec::new(),
            };
            Graded {
                key: entry.key.clone(),
                name: entry.name.clone(),
                members: entry.members.clone(),
                handed_in: entry.submitted.clone(),
                oddities: entry.oddities.clone(),
                mark: self.mark(index, &results, &columns),
                results,
            }
        };
        Class {
            version: 1,
            viva: env!("CARGO_PKG_VERSION").to_owned(),
            lab: self.lab.name.clone(),
            title: self.lab.title.clone(),
            digest: self.lab.digest.clone(),
            shard: self.owner.shard.clone(),
            seed: self.owner.seed.clone(),
            isolation,
            submissions: self.entries.iter().enumerate().map(graded).collect(),
            roster: self.roster.clone(),
            everybody: self.everybody.clone(),
            scenarios: columns,
            interrupted,
        }
    }
}

fn submission(key: &str, folder: &str) -> Submission {
    Submission {
        name: key.to_owned(),
        folder: Path::new(folder).to_path_buf(),
    }
}

/// Whether this is the key of an entry, or of one who shares it.
fn is_of(key: &str, entry: &Entry) -> bool {
    entry.key == key || entry.members.iter().any(|member| member.key == key)
}
