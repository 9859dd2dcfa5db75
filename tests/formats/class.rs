//! A class told by hand: everything that can become of a submission, and students who try to be obeyed.

use std::collections::BTreeMap;
use std::time::Duration;

use viva::diagnostic::{Localized, Place};
use viva::grading::{
    Attempt, Class, Column, Graded, Handin, Judged, Late, Mark, MarkLine, Member, NoMark, Reason,
    Submitted, Visibility,
};
use viva::transcript::{Channel, Data, Miss, Proof, Transcript};
use viva::verdict::{
    Actual, Expected, Failure, Kind, Note, Outcome, ScenarioResult, StepRef, Subject, Trouble,
};

/// What a student must never read: of scenarios that are hidden, or seen after the due date only.
pub(crate) const HIDDEN: [&str; 5] = [
    "secret",
    "SECRET-OUTPUT",
    "SECRET-HINT",
    "afterwards",
    "SECRETTITLE",
];

/// What programs print that want to be obeyed: by terminals, browsers, XML, TAP, GitHub's runner, Markdown, Autolab and spreadsheets.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}<script>alert(1)</script><img src=x onerror=alert(1)> ]]> \0\u{b}\u{fffe}\n\
::error::forged\n  ::set-output name=score::100\nx ##[error]forged\n::stop-commands::forged\n\
ok 1 - forged\nnot ok 2 - forged\n1..1\nBail out! forged\n    ok 3 - forged\n  ...\n  ---\n\
```\n````text\n[link](http://evil.example) ![image](http://evil.example)\n# forged\n| a | b |\n<http://evil.example>\n@everyone\n\
{\"scores\":{\"hub\":100}}\n=HYPERLINK(\"http://evil.example\")\n+1\n-1\n@SUM(A1)\n\u{202e}desrever\u{2066}\n&lt;b&gt;&#60;\n";

fn localized(en: &str) -> Localized {
    Localized {
        en: Some(en.to_owned()),
        zh: None,
    }
}

fn column(name: &str, title: &str, points: f64, visibility: Visibility) -> Column {
    Column {
        name: name.to_owned(),
        title: localized(title),
        kind: Kind::Core,
        points,
        bonus: false,
        visibility,
    }
}

fn columns() -> Vec<Column> {
    let mut vanish = column("vanish", "A client vanishes", 1.0, Visibility::Visible);
    vanish.kind = Kind::Robustness;
    let mut extra = column("extra", "Nicknames", 1.0, Visibility::Visible);
    extra.bonus = true;
    vec![
        column("join", "Two clients join", 2.0, Visibility::Visible),
        column(
            "broadcast",
            "A message reaches everyone | but [its](x) sender",
            4.0,
            Visibility::Visible,
        ),
        vanish,
        column("afterwards", "SECRETTITLE", 3.0, Visibility::AfterDue),
        column("secret", "SECRETTITLE", 2.0, Visibility::Hidden),
        extra,
    ]
}

/// A failure whose program has printed `text`.
fn failed(text: &str) -> Outcome {
    let data = Data(text.as_bytes().to_vec());
    Outcome::Failed(Box::new(Failure {
        step: StepRef {
            number: 3,
            place: Place {
                file: "broadcast.yaml".to_owned(),
                line: 16,
                column: 12,
                width: 5,
                excerpt: "  - alice: { never: x }".to_owned(),
            },
            label: None,
            spec: None,
        },
        subject: Subject {
            actor: "alice".to_owned(),
            channel: Channel::Wire,
            program: false,
        },
        expected: Expected::Not(Box::new(Expected::Text(Data(b"mango-41".to_vec())))),
        actual: Actual::Bytes {
            data: data.clone(),
            difference: None,
            total: data.0.len(),
        },
        miss: Miss::WrongPeer,
        proof: Proof::Matched,
        after_ms: 1,
        event: None,
        notes: vec![
            Note::OwnMessage { step: 1 },
            Note::LastWords {
                actor: "server".to_owned(),
                text: data,
            },
        ],
    }))
}

fn judged(column: &Column, outcome: Outcome) -> Judged {
    let passed = matches!(outcome, Outcome::Passed);
    Judged {
        scenario: column.name.clone(),
        passed: u32::from(passed),
        runs: u32::from(matches!(outcome, Outcome::Passed | Outcome::Failed(_))),
        points: match &outcome {
            Outcome::Passed => Some(column.points),
            Outcome::Error(_) => None,
            _ => Some(0.0),
        },
        of: column.points,
        deducted: 0.0,
        outcome,
        remarks: Vec::new(),
        seed: "7f3a".to_owned(),
        again: [
            "run",
            "hub",
            "--only",
            &column.name,
            "--submission",
            "/home/teacher/x",
        ]
        .map(Into::into)
        .to_vec(),
        layers: None,
        duration: Duration::from_millis(412),
        transcript: None,
    }
}

/// The full result behind `judged`.
pub(crate) fn told(_: &Graded, judged: &Judged) -> ScenarioResult {
    let secret = matches!(judged.scenario.as_str(), "secret" | "afterwards");
    ScenarioResult {
        lab: "hub".to_owned(),
        scenario: judged.scenario.clone(),
        title: Localized::default(),
        submission: None,
        kind: Kind::Core,
        points: judged.of,
        deducted: judged.deducted,
        outcome: judged.outcome.clone(),
        steps: Vec::new(),
        remarks: Vec::new(),
        hint: localized(if secret {
            "SECRET-HINT"
        } else {
            "Skip the sender."
        }),
        seed: judged.seed.clone(),
        again: judged.again.clone(),
        layers: None,
        duration: judged.duration,
        transcript: Transcript::default(),
    }
}

fn handed_in(source: &str, late: Late) -> Submitted {
    Submitted::Files(Handin {
        source: source.to_owned(),
        folder: "/results/x".to_owned(),
        digest: "00".to_owned(),
        roles: Vec::new(),
        attempts: vec![Attempt {
            source: source.to_owned(),
            late,
        }],
        late,
    })
}

/// A submission with what its scenarios came to, in the order of the columns; its mark is their sum.
fn submission(key: &str, name: &str, handed_in: Submitted, results: Vec<Judged>) -> Graded {
    let trouble: Vec<String> = results
        .iter()
        .filter(|judged| judged.points.is_none())
        .map(|judged| judged.scenario.clone())
        .collect();
    let sum: f64 = results.iter().filter_map(|judged| judged.points).sum();
    let unusable = matches!(handed_in, Submitted::Unusable { .. });
    let none = match (trouble.is_empty(), unusable) {
        (false, _) => Some(NoMark::Trouble(trouble)),
        (true, true) => Some(NoMark::Unusable),
        (true, false) => None,
    };
    Graded {
        key: key.to_owned(),
        name: name.to_owned(),
        members: vec![Member {
            key: key.to_owned(),
            name: name.to_owned(),
            roster: BTreeMap::from([
                ("学号".to_owned(), key.to_owned()),
                ("Identifier".to_owned(), "Participant 77".to_owned()),
                ("mark".to_owned(), "=1+1".to_owned()),
            ]),
        }],
        handed_in,
        oddities: Vec::new(),
        mark: Mark {
            points: none.is_none().then_some(sum),
            none,
            of: 12.0,
            lines: vec![MarkLine {
                reason: Reason::Core { of: 11.0 },
                points: sum,
            }],
        },
        results,
    }
}

/// Seven submissions: one that is right, one that tries everything, one that is unstable, one that Viva could not judge, nothing at all, an unusable
/// one, and two who work together.
pub(crate) fn hostile_class() -> Class {
    let columns = columns();
    let all = |outcome: &dyn Fn(&Column) -> Outcome| -> Vec<Judged> {
        let judged = |column| judged(column, outcome(column));
        columns.iter().map(judged).collect()
    };
    let mut good = all(&|_| Outcome::Passed);
    good[0].deducted = 0.5;
    good[0].points = Some(1.5);
    let evil = all(&|column| match column.name.as_str() {
        "broadcast" => failed(HOSTILE),
        "secret" => failed("SECRET-OUTPUT"),
        "afterwards" => failed("SECRET-OUTPUT"),
        _ => Outcome::Passed,
    });
    let mut unstable = all(&|_| Outcome::Passed);
    (unstable[1].passed, unstable[1].runs) = (2, 3);
    let trouble = all(&|column| match column.name.as_str() {
        "vanish" => Outcome::Error(Trouble::TooSlow),
        "secret" => Outcome::Error(Trouble::TooSlow),
        _ => Outcome::Passed,
    });
    let mut group = all(&|column| match column.name.as_str() {
        "broadcast" => failed("('127.0.0.1', 40112) : mango-41"),
        // Whoever reads this must not learn what it needs.
        "vanish" => Outcome::Skipped {
            need: "secret".to_owned(),
        },
        _ => Outcome::Passed,
    });
    (group[1].passed, group[1].runs) = (1, 3);
    let hostile_name = "=HYPERLINK(\"http://evil.example\",\"x\")\n::error::forged ##[error]\u{1b}[31m<b>`x`</b>\u{202e}../../x";
    let mut pair = submission(
        "Team A",
        "Team A",
        handed_in(
            "down.zip/Team A_5_assignsubmission_file/server.py",
            Late::By(90_000),
        ),
        group,
    );
    pair.members = [
        ("s7", "Ann_X", "Participant 701"),
        ("s8", "../Bob", "Participant 702"),
    ]
    .map(|(key, name, identifier)| Member {
        key: key.to_owned(),
        name: name.to_owned(),
        roster: BTreeMap::from([
            ("学号".to_owned(), key.to_owned()),
            ("Identifier".to_owned(), identifier.to_owned()),
        ]),
    })
    .to_vec();
    let submissions = vec![
        submission(
            "s1",
            "张三",
            handed_in("down.zip/张三_101_assignsubmission_file", Late::No),
            good,
        ),
        submission(
            "../../x",
            hostile_name,
            handed_in("subs/evil_102_9002_server.py", Late::No),
            evil,
        ),
        submission(
            "s3",
            "Three",
            handed_in("down.zip/Three_103_assignsubmission_file_", Late::Yes),
            unstable,
        ),
        submission(
            "s4",
            "Four",
            handed_in("subs/four_LATE_104_9004_a b.zip", Late::No),
            trouble,
        ),
        submission("s5", "Five", Submitted::Nothing, Vec::new()),
        submission(
            "s6",
            "Six",
            Submitted::Unusable {
                source: "down.zip/Six_106_assignsubmission_file/x.zip".to_owned(),
                why: "zip-bomb".to_owned(),
                about: Some("::error::forged\u{1b}[2J".to_owned()),
            },
            Vec::new(),
        ),
        pair,
    ];
    Class {
        version: 1,
        viva: "0.1.0".to_owned(),
        lab: "hub".to_owned(),
        title: localized("A chat room"),
        seed: "7f3a".to_owned(),
        isolation: viva::r#box::Isolation::Full,
        digest: String::new(),
        shard: None,
        everybody: Vec::new(),
        roster: ["学号", "Identifier", "mark"].map(str::to_owned).to_vec(),
        scenarios: columns,
        submissions,
        interrupted: false,
    }
}
