//! Runs as a whole, and what is kept of them.

use viva::r#box::Isolation;
use viva::report::{self, Conclusion, LoadError};
use viva::verdict::{Kind, Outcome, Remark, RunReport, ScenarioResult, StepRef, Trouble};

use crate::golden::{CHINESE, ENGLISH, golden};
use crate::messages::wrong_peer;
use crate::story::place;

/// A run with one of each outcome.
pub(crate) fn run() -> RunReport {
    let plain = |name: &str, outcome: Outcome, kind: Kind| ScenarioResult {
        scenario: name.to_owned(),
        outcome,
        kind,
        ..wrong_peer()
    };
    let skipped = |need: &str| Outcome::Skipped {
        need: need.to_owned(),
    };
    let mut passed = plain("join", Outcome::Passed, Kind::Core);
    passed.remarks = vec![
        Remark::OtherPort {
            asked: 9999,
            took: 8888,
        },
        Remark::AbsenceByWaiting {
            step: StepRef {
                number: 3,
                place: place("join.yaml", 9, "  - alice: { silent: true }", "silent"),
                ..StepRef::default()
            },
        },
    ];
    let mut vanish = plain("vanish", Outcome::Passed, Kind::Robustness);
    let swapped = Remark::PortSwapped {
        meant: 50007,
        took: 22467,
    };
    vanish.remarks = vec![passed.remarks[0].clone(), swapped];
    RunReport {
        version: 1,
        viva: "0.1.0".to_owned(),
        isolation: Isolation::Full,
        results: vec![
            passed,
            wrong_peer(),
            plain("leave", skipped("broadcast"), Kind::Core),
            plain("leave-first", skipped("broadcast"), Kind::Core),
            plain(
                "one-by-one",
                Outcome::NotApplicable {
                    name: "form".to_owned(),
                    value: "concurrent".to_owned(),
                },
                Kind::Core,
            ),
            vanish,
            plain(
                "java",
                Outcome::Error(Trouble::Missing {
                    program: "javac".to_owned(),
                    place: Some(place("lab.yaml", 12, "    command: javac", "javac")),
                }),
                Kind::Robustness,
            ),
        ],
        not_run: Vec::new(),
        interrupted: false,
    }
}

#[test]
fn a_run_as_a_whole() {
    for (name, style) in [("run", ENGLISH), ("run.zh", CHINESE)] {
        let run = run();
        let mut text = String::new();
        for result in &run.results {
            text.push_str(&report::scenario(result, &style));
        }
        text.push('\n');
        text.push_str(&report::summary(&run, &style));
        golden(name, &text);
    }
}

#[test]
fn a_saved_transcript_is_drawn_whole() {
    let text = report::save(&wrong_peer());
    let loaded = report::load(&text).expect("what was saved can be loaded");
    assert_eq!(loaded, wrong_peer());
    golden("show", &report::show(&loaded, &ENGLISH));
    golden("show.zh", &report::show(&loaded, &CHINESE));
}

#[test]
fn rubbish_is_no_transcript() {
    for (text, expected) in [
        ("hello", "not JSON"),
        ("{}", "something else"),
        (r#"{"format":"viva transcript","version":7}"#, "version 7"),
        (
            r#"{"format":"viva transcript","version":1,"result":3}"#,
            "damaged",
        ),
    ] {
        let error = report::load(text).expect_err("rubbish is an error");
        let kind = match &error {
            LoadError::NotJson { .. } => "not JSON",
            LoadError::NotTranscript => "something else",
            LoadError::Version { found: 7 } => "version 7",
            LoadError::Version { .. } => "another version",
            LoadError::Damaged { .. } => "damaged",
        };
        assert_eq!(kind, expected, "{text}");
        assert!(!report::load_error(&error, &CHINESE).is_empty());
    }
}

#[test]
fn the_json_report_keeps_to_its_schema() {
    let schema = report::json_schema();
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let value: serde_json::Value = serde_json::from_str(&report::json(&run())).expect("JSON");
    let mistakes: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path))
        .collect();
    assert_eq!(mistakes, Vec::<String>::new());

    let mut broken = value;
    broken["results"][0]["points"] = "many".into();
    assert!(!validator.is_valid(&broken), "the schema accepts anything");
    let back: RunReport = serde_json::from_str(&report::json(&run())).expect("a report");
    assert_eq!(back, run());
}

#[test]
fn the_exit_code_follows_from_the_results() {
    let of = |names: &[&str], interrupted: bool| {
        let mut run = run();
        run.results
            .retain(|result| names.contains(&result.scenario.as_str()));
        run.interrupted = interrupted;
        Conclusion::of(&run)
    };
    let cases: [(&[&str], Conclusion, u8); 6] = [
        (&["join", "vanish"], Conclusion::Passed, 0),
        (&["join", "one-by-one"], Conclusion::Passed, 0),
        (&["join", "broadcast"], Conclusion::Failed, 1),
        (&["one-by-one"], Conclusion::NothingJudged, 1),
        (&["broadcast", "java"], Conclusion::Trouble, 3),
        (&[], Conclusion::NothingSelected, 4),
    ];
    for (names, conclusion, code) in cases {
        assert_eq!(of(names, false), conclusion, "{names:?}");
        assert_eq!(conclusion.code(), code);
    }
    assert_eq!(of(&["java"], true), Conclusion::Interrupted);
}

#[test]
fn progress_says_how_far_a_run_is() {
    let line = report::progress_line(3, 11, "hub · broadcast", &ENGLISH);
    assert_eq!(line, "3/11  hub · broadcast");
}
