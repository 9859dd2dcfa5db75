//! Turns outcomes into points and points into a mark, with an account of how it came about.

use std::time::Duration;

use crate::scenario::{Counts, Grading, Lab, LabEntry, Rounding, RoundingWay, Visible};
use crate::transcript::Proof;
use crate::verdict::{Kind, Outcome, Remark, ScenarioResult};

use super::class::{Column, Judged, Late, Mark, MarkLine, NoMark, Reason, Submitted, Visibility};

/// What points are compared with, so that sums of decimals are what people expect.
const CLOSE: f64 = 1e-9;

const DAY: f64 = 24.0 * 60.0 * 60.0;

/// The columns of a class: the scenarios of its lab, in order.
pub fn columns(lab: &Lab) -> Vec<Column> {
    let column = |entry: &LabEntry| Column {
        name: entry.scenario.name.clone(),
        title: entry.scenario.title.clone(),
        kind: match entry.robustness {
            true => Kind::Robustness,
            false => Kind::Core,
        },
        // What the lab does not ask of anybody is worth nothing.
        points: match entry.scenario.excluded() {
            None => entry.points,
            Some(_) => 0.0,
        },
        bonus: entry.bonus,
        visibility: match entry.visible {
            Visible::Always => Visibility::Visible,
            Visible::AfterDue => Visibility::AfterDue,
            Visible::Never => Visibility::Hidden,
        },
    };
    lab.scenarios.iter().map(column).collect()
}

/// Whether only time told that it failed, so that another run could come out otherwise.
pub(super) fn is_timed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(failure) if failure.proof == Proof::Deadline)
}

/// Of several runs of one scenario the one that counts, and how many were passed.
///
/// `runs` must not be empty; what could not be judged counts only if nothing else is there.
pub(super) fn settle(
    mut runs: Vec<ScenarioResult>,
    counts: Counts,
) -> Option<(ScenarioResult, u32, u32)> {
    let is = |wanted: bool| {
        move |result: &ScenarioResult| match result.outcome {
            Outcome::Passed => wanted,
            Outcome::Failed(_) => !wanted,
            _ => false,
        }
    };
    let (passed, failed) = (
        runs.iter().filter(|run| is(true)(run)).count(),
        runs.iter().filter(|run| is(false)(run)).count(),
    );
    let good = match counts {
        Counts::Best => passed > 0,
        Counts::Worst => failed == 0,
        Counts::Majority => passed > failed,
    };
    let chosen = runs.iter().position(is(good)).unwrap_or(0);
    let all = (passed + failed).max(1);
    (!runs.is_empty()).then(|| (runs.swap_remove(chosen), passed as u32, all as u32))
}

/// What `result` is worth. `excused`: the lab does not ask it. (What a submission says of itself excuses
/// nothing, and adds nothing that the others can't have.)
pub fn judged(result: ScenarioResult, passed: u32, runs: u32, excused: bool) -> Judged {
    let (points, of) = match &result.outcome {
        _ if excused => (Some(0.0), 0.0),
        Outcome::Passed => (
            Some((result.points - result.deducted).max(0.0)),
            result.points,
        ),
        Outcome::Failed(_) | Outcome::Skipped { .. } => (Some(0.0), result.points),
        Outcome::NotApplicable { .. } => (Some(0.0), result.points),
        Outcome::Error(_) => (None, result.points),
    };
    let was_run = matches!(result.outcome, Outcome::Passed | Outcome::Failed(_));
    Judged {
        scenario: result.scenario,
        passed: if was_run { passed } else { 0 },
        runs: if was_run { runs } else { 0 },
        points,
        of,
        deducted: match result.outcome {
            Outcome::Passed => result.deducted,
            _ => 0.0,
        },
        outcome: result.outcome,
        remarks: result.remarks.into_iter().filter(is_short).collect(),
        seed: result.seed,
        again: result.again,
        layers: result.layers,
        duration: result.duration,
        transcript: None,
    }
}

/// What lies in a submission's folder and is not copied is said of the submission, not of each scenario.
fn is_short(remark: &Remark) -> bool {
    !matches!(remark, Remark::LeftOut { .. })
}

/// The mark of these results. `columns`: those of the class; a column without a result is not judged yet.
pub fn mark(
    submitted: &Submitted,
    results: &[Judged],
    columns: &[Column],
    grading: &Grading,
) -> Mark {
    let full: f64 = grading.total.unwrap_or_else(|| {
        let counted = columns.iter().filter(|column| !column.bonus);
        counted.map(|column| column.points).sum()
    });
    let empty = |none: NoMark| Mark {
        points: None,
        none: Some(none),
        of: round(
            full,
            &Rounding {
                to: 0.01,
                way: RoundingWay::Nearest,
            },
        ),
        lines: Vec::new(),
    };
    let late = match submitted {
        Submitted::Nothing => {
            let lines = vec![MarkLine {
                reason: Reason::Nothing,
                points: 0.0,
            }];
            return Mark {
                points: Some(0.0),
                none: None,
                of: full,
                lines,
            };
        }
        Submitted::Unusable { .. } => return empty(NoMark::Unusable),
        Submitted::Files(handin) => handin.late,
    };
    let find = |column: &Column| results.iter().find(|result| result.scenario == column.name);
    if columns.iter().any(|column| find(column).is_none()) {
        return empty(NoMark::Unfinished);
    }
    let trouble: Vec<String> = results
        .iter()
        .filter(|result| result.points.is_none())
        .map(|result| result.scenario.clone())
        .collect();
    if !trouble.is_empty() {
        return empty(NoMark::Trouble(trouble));
    }
    let sum = |wanted: &dyn Fn(&Column) -> bool| {
        let wanted = columns.iter().filter(|column| wanted(column));
        let results = wanted.filter_map(find);
        results.fold((0.0, 0.0), |(points, of), result| {
            (points + result.points.unwrap_or(0.0), of + result.of)
        })
    };
    let is_kind = |kind: Kind| move |column: &Column| column.kind == kind && !column.bonus;
    let (core, robustness) = (sum(&is_kind(Kind::Core)), sum(&is_kind(Kind::Robustness)));
    let bonus = sum(&|column| column.bonus);
    let mut account = Account::default();
    for ((points, of), reason) in [
        (core, Reason::Core { of: core.1 }),
        (robustness, Reason::Robustness { of: robustness.1 }),
        (bonus, Reason::Bonus { of: bonus.1 }),
    ] {
        if of > 0.0 {
            account.add(reason, points);
        }
    }
    let counted = core.1 + robustness.1;
    let mut of = counted;
    if let Some(total) = grading.total
        && counted > 0.0
    {
        let scaled = account.points * total / counted;
        account.to(Reason::Scaled { to: total }, scaled);
        of = total;
    }
    if let Some(policy) = &grading.late
        && late != Late::No
        && let Some(percent) = percent_left(late, policy.grace, &policy.kept)
    {
        let left = account.points * percent / 100.0;
        account.to(Reason::Late { late, percent }, left);
    }
    if let Some(most) = grading.most
        && account.points > most + CLOSE
    {
        account.to(Reason::Cap { most }, most);
    }
    let rounded = round(account.points, &grading.round);
    if (rounded - account.points).abs() > CLOSE {
        let reason = Reason::Rounded {
            to: grading.round.to,
            how: match grading.round.way {
                RoundingWay::Nearest => "nearest",
                RoundingWay::Down => "down",
                RoundingWay::Up => "up",
            }
            .to_owned(),
        };
        account.to(reason, rounded);
    }
    Mark {
        points: Some(rounded),
        none: None,
        of,
        lines: account.lines,
    }
}

/// So much is left of who is late; `None`: that is within the grace. Of whom nobody knows how late, the first row holds.
fn percent_left(late: Late, grace: Duration, kept: &[crate::scenario::LateRow]) -> Option<f64> {
    let seconds = match late {
        Late::No => return None,
        Late::Yes => return kept.first().map(|row| row.percent),
        Late::By(seconds) => seconds,
    };
    if seconds <= grace.as_secs() {
        return None;
    }
    let days = seconds as f64 / DAY;
    let row = kept.iter().find(|row| days <= row.days + CLOSE);
    Some(row.map_or(0.0, |row| row.percent))
}

/// A running sum, and what it was made of.
#[derive(Default)]
struct Account {
    points: f64,
    lines: Vec<MarkLine>,
}

impl Account {
    fn add(&mut self, reason: Reason, points: f64) {
        self.points += points;
        self.lines.push(MarkLine { reason, points });
    }

    fn to(&mut self, reason: Reason, points: f64) {
        self.add(reason, points - self.points);
        self.points = points;
    }
}

fn round(points: f64, rounding: &Rounding) -> f64 {
    if rounding.to <= 0.0 {
        return points;
    }
    let steps = points / rounding.to;
    let steps = match rounding.way {
        // Sums of decimals fall short of halves and wholes by a hair.
        RoundingWay::Nearest => (steps + 0.5 + CLOSE).floor(),
        RoundingWay::Down => (steps + CLOSE).floor(),
        RoundingWay::Up => (steps - CLOSE).ceil(),
    };
    // A step such as 0.1 is no binary fraction: the nearest decimal of twelve places is what was meant.
    let points = steps * rounding.to;
    (points * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests;
