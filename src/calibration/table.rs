//! What a calibration found: programs and mutants by scenarios.

use crate::scenario::{Contract, KnownProgram, Lab, Mutation};

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The reference, in all roles.
    Reference,
    /// A known program.
    Known(KnownProgram),
    /// The reference in this role, made wrong in this way.
    Mutant(String, Mutation),
}

/// How a subject came out in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It does not take part in it, or is not asked for it.
    NotRun,
    /// Passed; a mutant: though it altered something, if `altered`.
    Passed {
        /// Something was altered.
        altered: bool,
    },
    /// Failed.
    Failed {
        /// Only a deadline could tell.
        overdue: bool,
    },
    /// Not the same in all rounds: failed in so many.
    Unstable {
        /// Rounds in which it failed.
        failed: usize,
    },
    /// Viva's or the machine's trouble.
    Trouble,
}

/// A subject and how it came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub subject: Subject,
    /// Scenario by scenario, as [`Calibration::scenarios`].
    pub cells: Vec<Cell>,
    /// It could not be run at all.
    pub not_run: bool,
}

/// What is not as the contract says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// A program can't be run.
    NotRun,
    /// It must fail in this scenario, and does not.
    NotFailed(String),
    /// It fails in this scenario, which is neither demanded nor allowed.
    Failed(String),
    /// It fails only because time is up, and is not known to wait with a time limit.
    Overdue(String),
    /// It is not the same each time.
    Unstable(String),
    /// Viva or the machine was in trouble.
    Trouble(String),
    /// A mutant that nobody noticed, and that the contract does not let live.
    Survived,
    /// A mutant that the contract lets live, but somebody noticed.
    Caught,
}

/// The table, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// The lab.
    pub lab: String,
    /// The columns: names of scenarios.
    pub scenarios: Vec<String>,
    /// What each of them needs, directly or not: indexes of columns.
    pub needs: Vec<Vec<usize>>,
    /// The reference, the known programs and the mutants.
    pub rows: Vec<Row>,
    /// The contract.
    pub contract: Contract,
    /// Whether all scenarios of the lab were run: else nobody can say which mutants survive.
    pub whole: bool,
    /// How often everything was run.
    pub rounds: usize,
}

impl Row {
    /// Whether it is a mutant that found something to alter.
    pub fn is_applicable(&self) -> bool {
        self.cells.iter().any(|cell| {
            matches!(
                cell,
                Cell::Passed { altered: true } | Cell::Failed { .. } | Cell::Unstable { .. }
            )
        })
    }

    /// Whether a scenario failed because of it.
    pub fn is_caught(&self) -> bool {
        self.cells.iter().any(|cell| cell.has_failed())
    }
}

impl Cell {
    /// Whether it failed, at least once.
    pub fn has_failed(self) -> bool {
        matches!(self, Cell::Failed { .. } | Cell::Unstable { .. })
    }
}

impl Calibration {
    /// Whether a scenario that this one needs did not pass, so that it need not have been run.
    pub fn is_excused(&self, row: &Row, scenario: usize) -> bool {
        self.needs[scenario]
            .iter()
            .any(|need| row.cells[*need].has_failed())
    }

    /// What is not as the contract says, row by row.
    pub fn breaches(&self) -> Vec<(&Row, Breach)> {
        let breaches = self.rows.iter().flat_map(|row| {
            let breaches = self.breaches_of(row).into_iter();
            breaches.map(move |breach| (row, breach))
        });
        breaches.collect()
    }

    fn breaches_of(&self, row: &Row) -> Vec<Breach> {
        if row.not_run {
            return vec![Breach::NotRun];
        }
        let none = KnownProgram::default();
        let known = match &row.subject {
            Subject::Reference => &none,
            Subject::Known(known) => known,
            Subject::Mutant(..) => return self.breaches_of_mutant(row),
        };
        let mut breaches = self.whoever(row);
        let allowed = known.may_fail.iter().chain(&known.must_fail);
        let allowed: Vec<&String> = allowed.collect();
        // A race in a wrong program strikes where it likes, and keeps what follows from being shown.
        let struck = self.scenarios.iter().zip(&row.cells).any(|(name, cell)| {
            cell.has_failed() && known.may_fail.contains(name) && !known.must_fail.contains(name)
        });
        for (index, (name, cell)) in self.scenarios.iter().zip(&row.cells).enumerate() {
            let excused = self.is_excused(row, index);
            match cell {
                Cell::Passed { .. } | Cell::NotRun
                    if known.must_fail.contains(name) && !(excused && struck) =>
                {
                    breaches.push(Breach::NotFailed(name.clone()));
                }
                Cell::Failed { overdue } => {
                    if !excused && !allowed.contains(&name) {
                        breaches.push(Breach::Failed(name.clone()));
                    } else if *overdue && !excused && !known.timed {
                        breaches.push(Breach::Overdue(name.clone()));
                    }
                }
                Cell::Unstable { .. } if !known.may_fail.contains(name) && !excused => {
                    breaches.push(Breach::Unstable(name.clone()));
                }
                _ => {}
            }
        }
        breaches
    }

    fn breaches_of_mutant(&self, row: &Row) -> Vec<Breach> {
        let mut breaches = self.whoever(row);
        if !self.whole {
            return breaches;
        }
        match (row.is_applicable(), row.is_caught(), self.excuse(row)) {
            (true, false, None) => breaches.push(Breach::Survived),
            (true, true, Some(_)) => breaches.push(Breach::Caught),
            _ => {}
        }
        breaches
    }

    /// Trouble is nobody's success.
    fn whoever(&self, row: &Row) -> Vec<Breach> {
        let cells = self.scenarios.iter().zip(&row.cells);
        let trouble = cells.filter(|(_, cell)| **cell == Cell::Trouble);
        trouble
            .map(|(name, _)| Breach::Trouble(name.clone()))
            .collect()
    }

    /// Why the contract lets a mutant live.
    pub fn excuse(&self, row: &Row) -> Option<&str> {
        let Subject::Mutant(role, mutation) = &row.subject else {
            return None;
        };
        let survivors = self.contract.survivors.iter();
        let mut own = survivors.filter(|known| known.role == *role && known.mutation == *mutation);
        own.next().map(|known| known.why.as_str())
    }

    /// Mutants that found something to alter, and how many of them were caught.
    pub fn mutants(&self) -> (usize, usize) {
        let is_mutant = |row: &&Row| matches!(row.subject, Subject::Mutant(..));
        let applicable = self.rows.iter().filter(is_mutant);
        let applicable: Vec<&Row> = applicable.filter(|row| row.is_applicable()).collect();
        let caught = applicable.iter().filter(|row| row.is_caught()).count();
        (applicable.len(), caught)
    }

    /// What each scenario alone catches: rows in which no other one fails.
    pub fn alone(&self, scenario: usize) -> Vec<&Row> {
        let alone = self.rows.iter().filter(|row| {
            let mut failed = (0..row.cells.len()).filter(|index| row.cells[*index].has_failed());
            failed.next() == Some(scenario) && failed.next().is_none()
        });
        alone.collect()
    }

    /// Scenarios in which nobody ever fails.
    pub fn idle(&self) -> Vec<&str> {
        let idle = (0..self.scenarios.len())
            .filter(|index| !self.rows.iter().any(|row| row.cells[*index].has_failed()));
        idle.map(|index| self.scenarios[index].as_str()).collect()
    }
}

/// What each of these scenarios of a lab needs, directly or not, as far as it is among them.
pub(super) fn needs(lab: &Lab, columns: &[usize]) -> Vec<Vec<usize>> {
    let index = |name: &String| {
        let mut names = lab.scenarios.iter().map(|entry| &entry.scenario.name);
        names.position(|known| known == name)
    };
    let all = columns.iter().map(|scenario| {
        let mut needs: Vec<usize> = lab.scenarios[*scenario]
            .needs
            .iter()
            .filter_map(index)
            .collect();
        let mut next = 0;
        while let Some(need) = needs.get(next).copied() {
            next += 1;
            for further in lab.scenarios[need].needs.iter().filter_map(index) {
                if !needs.contains(&further) {
                    needs.push(further);
                }
            }
        }
        let place = |need: usize| columns.iter().position(|column| *column == need);
        needs.into_iter().filter_map(place).collect()
    });
    all.collect()
}
