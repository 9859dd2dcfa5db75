//! Points, accounts and rounding.

use std::time::Duration;

use super::{mark, round, settle};
use crate::grading::class::{
    Column, Handin, Judged, Late, Mark, NoMark, Reason, Submitted, Visibility,
};
use crate::scenario::{Counts, Grading, LatePolicy, LateRow, Rounding, RoundingWay};
use crate::transcript::{Channel, Miss, Proof};
use crate::verdict::{Actual, Expected, Failure, Kind, Outcome, ScenarioResult, Subject, Trouble};

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
