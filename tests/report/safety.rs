//! Whatever a student made, and whatever the terminal is like: a report stays readable and does no harm.

use viva::diagnostic::Language;
use viva::report::{self, Style};
use viva::transcript::{Data, EventKind, Miss, Proof};
use viva::verdict::{Actual, Expected, Note, Outcome, RunReport, ScenarioResult};

use crate::golden::ENGLISH;
use crate::messages::wrong_peer;
use crate::runs::run;
use crate::story::{Story, data};

/// Every report of every typical failure, drawn in every way.
fn hostile() -> ScenarioResult {
    let evil: String = (0..=0x2fff)
        .filter_map(char::from_u32)
        .chain("\u{feff}\u{e0041}\u{fffb}".chars())
        .collect();
    let evil = evil.as_str();
    let mut story = Story::hub(&["alice", evil]);
    story.sent("alice", evil, 0);
    story.received(evil, evil, 0);
    story.printed("server", evil, 0);
    story.happened(
        "server",
        EventKind::Started {
            command: vec![evil.to_owned()],
        },
        Some(9),
    );
    let mut result = story
        .failed(evil, 1, evil, "a")
        .expected(Expected::Regex(evil.to_owned()))
        .came(evil, None)
        .miss(Miss::Unexpected, Proof::Matched, u64::MAX)
        .event(99)
        .note(Note::LastWords {
            actor: evil.to_owned(),
            text: data(evil),
        })
        .note(Note::Counted {
            word: evil.to_owned(),
            came: 3,
            expected: 0,
        })
        .hint(evil, evil)
        .spec(evil)
        .done();
    evil.clone_into(&mut result.scenario);
    result.again = vec![evil.into()];
    result.submission = Some(evil.to_owned());
    result
}

#[test]
fn nothing_that_a_student_made_reaches_a_terminal_raw() {
    let result = hostile();
    let report = RunReport {
        results: vec![result.clone()],
        ..run()
    };
    for language in [Language::English, Language::Chinese] {
        let style = Style {
            language,
            ..ENGLISH
        };
        for text in [
            report::scenario(&result, &style),
            report::show(&result, &style),
            report::summary(&report, &style),
            report::progress_line(1, 2, &result.scenario, &style),
        ] {
            let raw = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
            };
            let found = text.chars().find(|c| raw(*c));
            assert_eq!(found, None, "{text}");
            assert!(text.lines().count() < 140, "{} lines", text.lines().count());
        }
    }
}

#[test]
fn size_does_not_matter() {
    let mut result = wrong_peer();
    let big = Data(vec![b'x'; 4 << 20]);
    let count = result.transcript.events.len();
    for number in 0..2000 {
        let mut event = result.transcript.events[count - 1].clone();
        event.number += number;
        event.kind = EventKind::Received(Data(big.0[..4096].to_vec()));
        result.transcript.events.insert(count - 2, event);
    }
    if let Outcome::Failed(failure) = &mut result.outcome {
        failure.actual = Actual::Bytes {
            data: big.clone(),
            difference: None,
            total: big.0.len(),
        };
        failure.notes.push(Note::LastWords {
            actor: "server".to_owned(),
            text: big,
        });
    }
    let text = report::scenario(&result, &ENGLISH);
    assert!(text.lines().count() < 60, "{text}");
    assert!(text.len() < 10_000);
}

#[test]
fn colours_change_nothing_but_colours() {
    let style = Style {
        color: true,
        ..ENGLISH
    };
    let coloured = report::scenario(&wrong_peer(), &style);
    assert!(coloured.contains("\x1b[1;31mFAILED\x1b[0m"), "{coloured:?}");
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    assert_eq!(plain, report::scenario(&wrong_peer(), &ENGLISH));
}

#[test]
fn narrow_terminals_get_narrow_reports() {
    for width in [0, 60, 80, 1000] {
        for language in [Language::English, Language::Chinese] {
            let style = Style {
                color: false,
                width,
                language,
            };
            let text = report::scenario(&wrong_peer(), &style);
            let most = width.clamp(60, 160);
            for line in text.lines().filter(|line| !line.contains("viva run")) {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= most, "{columns} of {most}: {line}");
            }
        }
    }
}
