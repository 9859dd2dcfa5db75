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
mod tests {
    use std::time::Duration;

    use super::{mark, round, settle};
    use crate::grading::class::{
        Column, Handin, Judged, Late, Mark, NoMark, Reason, Submitted, Visibility,
    };
    use crate::scenario::{Counts, Grading, LatePolicy, LateRow, Rounding, RoundingWay};
    use crate::transcript::{Channel, Miss, Proof};
    use crate::verdict::{
        Actual, Expected, Failure, Kind, Outcome, ScenarioResult, Subject, Trouble,
    };

    fn column(name: &str, points: f64, kind: Kind, bonus: bool) -> Column {
        Column {
            name: name.to_owned(),
            title: Default::default(),
            kind,
            points,
            bonus,
            visibility: Visibility::Visible,
        }
    }

    fn judged(scenario: &str, points: Option<f64>, of: f64) -> Judged {
        Judged {
            scenario: scenario.to_owned(),
            outcome: match points {
                None => Outcome::Error(Trouble::TooSlow),
                Some(_) => Outcome::Passed,
            },
            passed: 1,
            runs: 1,
            points,
            of,
            deducted: 0.0,
            remarks: Vec::new(),
            seed: String::new(),
            again: Vec::new(),
            layers: None,
            duration: Duration::ZERO,
            transcript: None,
        }
    }

    fn files(late: Late) -> Submitted {
        Submitted::Files(Handin {
            source: String::new(),
            folder: String::new(),
            digest: String::new(),
            roles: Vec::new(),
            attempts: Vec::new(),
            late,
        })
    }

    /// Of 4 core points, 2 of robustness and 1 of bonus.
    fn of(grading: &Grading, late: Late, core: f64, robustness: f64, bonus: f64) -> Mark {
        let columns = [
            column("a", 4.0, Kind::Core, false),
            column("b", 2.0, Kind::Robustness, false),
            column("c", 1.0, Kind::Core, true),
        ];
        let results = [
            judged("a", Some(core), 4.0),
            judged("b", Some(robustness), 2.0),
            judged("c", Some(bonus), 1.0),
        ];
        mark(&files(late), &results, &columns, grading)
    }

    /// Each reason's name and what it adds.
    fn account(mark: &Mark) -> Vec<(&'static str, f64)> {
        let lines = mark.lines.iter().map(|line| {
            let name = match line.reason {
                Reason::Core { .. } => "core",
                Reason::Robustness { .. } => "robustness",
                Reason::Bonus { .. } => "bonus",
                Reason::Cap { .. } => "cap",
                Reason::Scaled { .. } => "scaled",
                Reason::Late { .. } => "late",
                Reason::Rounded { .. } => "rounded",
                Reason::Nothing => "nothing",
            };
            (name, line.points)
        });
        lines.collect()
    }

    #[test]
    fn points_add_up_and_a_bonus_comes_on_top() {
        let mark = of(&Grading::default(), Late::No, 3.0, 1.5, 1.0);
        assert_eq!((mark.points, mark.of), (Some(5.5), 6.0));
        let expected = [("core", 3.0), ("robustness", 1.5), ("bonus", 1.0)];
        assert_eq!(account(&mark), expected);
    }

    #[test]
    fn everything_that_a_lab_can_say_in_its_order() {
        let grading = Grading {
            total: Some(60.0),
            most: Some(50.0),
            round: Rounding {
                to: 0.5,
                way: RoundingWay::Down,
            },
            late: Some(LatePolicy {
                grace: Duration::from_secs(600),
                kept: vec![
                    LateRow {
                        days: 1.0,
                        percent: 90.0,
                    },
                    LateRow {
                        days: 2.0,
                        percent: 71.0,
                    },
                ],
            }),
            ..Grading::default()
        };
        let full = of(&grading, Late::No, 4.0, 2.0, 1.0);
        let expected = [
            ("core", 4.0),
            ("robustness", 2.0),
            ("bonus", 1.0),
            ("scaled", 63.0),
            ("cap", -20.0),
        ];
        assert_eq!((full.points, full.of), (Some(50.0), 60.0));
        assert_eq!(account(&full), expected);
        // 35 points of 60; two days keep 71 %: 24.85.
        let late = of(&grading, Late::By(86_401), 3.0, 0.5, 0.0);
        assert_eq!(late.points, Some(24.5));
        let minus = account(&late)
            .iter()
            .rfind(|(name, _)| *name == "late")
            .map(|(_, points)| (points * 100.0).round());
        assert_eq!(minus, Some(-1015.0));
        for (late, expected) in [
            (Late::By(600), 35.0),
            (Late::By(601), 31.5),
            (Late::By(86_400), 31.5),
            (Late::Yes, 31.5),
            (Late::By(172_801), 0.0),
        ] {
            let mark = of(&grading, late, 3.0, 0.5, 0.0);
            assert_eq!(mark.points, Some(expected), "{late:?}");
        }
    }

    #[test]
    fn what_is_not_known_stays_empty() {
        let columns = [
            column("a", 4.0, Kind::Core, false),
            column("b", 2.0, Kind::Core, false),
        ];
        let grading = Grading::default();
        let here = [judged("a", Some(4.0), 4.0), judged("b", None, 2.0)];
        let trouble = mark(&files(Late::No), &here, &columns, &grading);
        assert_eq!(trouble.points, None);
        assert_eq!(trouble.none, Some(NoMark::Trouble(vec!["b".to_owned()])));
        let unfinished = mark(&files(Late::No), &here[..1], &columns, &grading);
        assert_eq!(
            (unfinished.points, unfinished.none),
            (None, Some(NoMark::Unfinished))
        );
        let unusable = Submitted::Unusable {
            source: String::new(),
            why: "encrypted".to_owned(),
            about: None,
        };
        let unusable = mark(&unusable, &[], &columns, &grading);
        assert_eq!(
            (unusable.points, unusable.none),
            (None, Some(NoMark::Unusable))
        );
        let nothing = mark(&Submitted::Nothing, &[], &columns, &grading);
        assert_eq!(
            (nothing.points, nothing.of, nothing.none),
            (Some(0.0), 6.0, None)
        );
    }

    #[test]
    fn of_runs_that_differ_counts_what_the_lab_says() {
        use Counts::{Best, Majority, Worst};
        let run = |outcome: char| ScenarioResult {
            lab: String::new(),
            scenario: String::new(),
            title: Default::default(),
            submission: None,
            kind: Kind::Core,
            points: 1.0,
            deducted: 0.0,
            outcome: match outcome {
                'p' => Outcome::Passed,
                'e' => Outcome::Error(Trouble::TooSlow),
                _ => Outcome::Failed(Box::new(Failure {
                    step: Default::default(),
                    subject: Subject {
                        actor: "alice".to_owned(),
                        channel: Channel::Wire,
                        program: false,
                    },
                    expected: Expected::Silence,
                    actual: Actual::Nothing,
                    miss: Miss::Never,
                    proof: Proof::Deadline,
                    after_ms: 0,
                    event: None,
                    notes: Vec::new(),
                })),
            },
            steps: Vec::new(),
            remarks: Vec::new(),
            hint: Default::default(),
            seed: String::new(),
            again: Vec::new(),
            layers: None,
            duration: Duration::ZERO,
            transcript: Default::default(),
        };
        for (runs, counts, passed, of, counted) in [
            ("f", Best, 0, 1, 'f'),
            ("fp", Best, 1, 2, 'p'),
            ("fp", Worst, 1, 2, 'f'),
            ("fp", Majority, 1, 2, 'f'),
            ("fpp", Majority, 2, 3, 'p'),
            ("fep", Worst, 1, 2, 'f'),
            ("e", Best, 0, 1, 'e'),
        ] {
            let settled = settle(runs.chars().map(run).collect(), counts);
            let (result, k, n) = settled.expect("runs");
            let outcome = match result.outcome {
                Outcome::Passed => 'p',
                Outcome::Failed(_) => 'f',
                _ => 'e',
            };
            assert_eq!((k, n, outcome), (passed, of, counted), "{runs} {counts:?}");
        }
        assert!(settle(Vec::new(), Best).is_none());
    }

    #[test]
    fn rounding_is_that_of_decimals() {
        use RoundingWay::{Down, Nearest, Up};
        let cases = [
            (2.675, 0.01, Nearest, 2.68),
            (1.005, 0.01, Nearest, 1.01),
            (0.1 + 0.2, 0.1, Up, 0.3),
            (0.1 + 0.7, 0.1, Down, 0.8),
            (2.25, 0.5, Nearest, 2.5),
            (2.2, 0.5, Up, 2.5),
            (17.5, 0.0, Down, 17.5),
            (0.0, 1.0, Up, 0.0),
        ];
        for (points, to, way, expected) in cases {
            assert_eq!(
                round(points, &Rounding { to, way }),
                expected,
                "{points} to {to} {way:?}"
            );
        }
    }
}
