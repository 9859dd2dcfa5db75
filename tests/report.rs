//! What students read: whole reports of typical failures, compared with `tests/golden/report/*.txt`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test report` rewrites the files; read them aloud before you commit them.

#[path = "report/story.rs"]
mod story;

use std::fs;
use std::path::Path;

use viva::r#box::Isolation;
use viva::diagnostic::Language;
use viva::observe::{Resource, TcpState};
use viva::report::{self, Conclusion, LoadError, Style};
use viva::transcript::{ActorKind, Channel, Data, Difference, EventKind, ExitStatus, Miss, Proof};
use viva::verdict::{
    Actual, Doing, Expected, Kind, ListenerSeen, Note, Outcome, Remark, RunReport, ScenarioResult,
    SocketSeen, Standing, StepRef, Trouble, Unproved, Unread,
};

use story::{Story, data, place};

const ENGLISH: Style = Style {
    color: false,
    width: 100,
    language: Language::English,
};

const CHINESE: Style = Style {
    color: false,
    width: 100,
    language: Language::Chinese,
};

/// Compares `text` with the golden file of that name.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/report")
        .join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("the golden folder can be written to");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == text,
        "{name} reads now:\n{text}\nUPDATE_GOLDEN=1 accepts it"
    );
}

fn english(name: &str, result: &ScenarioResult) {
    golden(name, &report::scenario(result, &ENGLISH));
}

fn both(name: &str, result: &ScenarioResult) {
    english(name, result);
    golden(&format!("{name}.zh"), &report::scenario(result, &CHINESE));
}

/// A hub that sends a message back to its sender.
fn wrong_peer() -> ScenarioResult {
    let mut story = Story::hub(&["alice", "bob", "carol"]);
    story.sent("alice", "mango-41", 0);
    story.received("bob", "('127.0.0.1', 40112) : mango-41", 1);
    story.received("carol", "('127.0.0.1', 40112) : mango-41", 2);
    let event = story.received("alice", "('127.0.0.1', 40112) : mango-41", 3);
    story
        .failed(
            "alice",
            4,
            "  - alice: { never: \"${token.hello}\" }",
            "{ never: \"${token.hello}\" }",
        )
        .expected(Expected::Not(Box::new(Expected::Text(data("mango-41")))))
        .came("('127.0.0.1', 40112) : mango-41", None)
        .miss(Miss::WrongPeer, Proof::Matched, 1)
        .event(event)
        .note(Note::OwnMessage { step: 1 })
        .hint(
            "Skip the sender when you loop over the clients.",
            "广播时跳过发送者自己。",
        )
        .done()
}

fn standing(actor: &str, doing: Vec<Doing>) -> Standing {
    Standing {
        actor: actor.to_owned(),
        doing,
        unread: Vec::new(),
        unaccepted: 0,
        unclosed: Vec::new(),
        threads: 2,
        descriptors: 7,
    }
}

fn stood(actor: &str, doing: Vec<Doing>, unread: &[(&str, usize)]) -> Note {
    let unread = unread.iter().map(|(from, bytes)| Unread {
        from: (*from).to_owned(),
        bytes: *bytes,
    });
    Note::Stood(Standing {
        unread: unread.collect(),
        ..standing(actor, doing)
    })
}

fn receives(from: &[&str]) -> Doing {
    Doing::Receive {
        from: from.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[test]
fn a_message_comes_back_to_its_sender() {
    both("wrong-peer", &wrong_peer());
}

#[test]
fn a_message_comes_twice() {
    let mut story = Story::hub(&["alice", "bob"]);
    story.sent("alice", "mango-41", 0);
    story.received("bob", "alice: mango-41", 1);
    let event = story.received("bob", "alice: mango-41", 2);
    story.sent("alice", "kiwi-07", 2);
    both(
        "duplicate",
        &story
            .failed(
                "bob",
                3,
                "  - bob: { expect: \"${token.fence}\" }",
                "{ expect: \"${token.fence}\" }",
            )
            .expected(Expected::Text(data("kiwi-07")))
            .came("alice: mango-41", None)
            .miss(Miss::Duplicate, Proof::Matched, 2)
            .event(event)
            .note(Note::Counted {
                word: "mango-41".to_owned(),
                came: 2,
                expected: 1,
            })
            .note(Note::SentBy {
                actor: "alice".to_owned(),
                step: 1,
            })
            .done(),
    );
}

const TRACEBACK: &str = "Traceback (most recent call last):
  File \"/usr/lib/python3.11/threading.py\", line 1045, in _bootstrap_inner
    self.run()
  File \"chat_server.py\", line 27, in serve
    for address in clients:
RuntimeError: dictionary changed size during iteration
";

#[test]
fn nothing_comes_after_a_traceback() {
    let mut story = Story::hub(&["alice", "bob"]);
    story.happened("alice", EventKind::Closed, Some(0));
    story.sent("bob", "mango-41", 1);
    story.printed("server", TRACEBACK, 1);
    both(
        "never-with-traceback",
        &story
            .failed(
                "alice",
                3,
                "  - alice: { expect: \"${token.b}\" }",
                "{ expect: \"${token.b}\" }",
            )
            .expected(Expected::Text(data("mango-41")))
            .actual(Actual::Nothing)
            .miss(Miss::Never, Proof::Quiescent, 4)
            .note(Note::LastWords {
                actor: "server".to_owned(),
                text: data(TRACEBACK),
            })
            .done(),
    );
}

#[test]
fn a_long_message_is_cut_at_the_buffer() {
    let long = "0123456789abcdef".repeat(188);
    let mut story = Story::echo();
    story.sent("alice", &long, 0);
    let event = story.received("alice", &long[..1024], 1);
    both(
        "cut-at-1024",
        &story
            .failed(
                "alice",
                2,
                r#"  - alice: { expect: '${"x"|repeat(3000)}' }"#,
                r#"{ expect: '${"x"|repeat(3000)}' }"#,
            )
            .expected(Expected::Text(data(&long)))
            .came(
                &long[..1024],
                Some(Difference {
                    start: 0,
                    agrees: 1024,
                    end: 1024,
                }),
            )
            .miss(Miss::Never, Proof::Quiescent, 3)
            .event(event)
            .note(stood("server", vec![], &[("alice", 1984)]))
            .done(),
    );
}

#[test]
fn a_full_width_colon_is_called_by_its_name() {
    let mut story = Story::hub(&["alice", "bob"]);
    story.sent("alice", "mango-41", 0);
    let came = "('127.0.0.1', 40112) ： mango-41";
    let event = story.received("bob", came, 1);
    both(
        "full-width-colon",
        &story
            .failed(
                "bob",
                2,
                "  - bob: { expect: \"${alice.peer} : ${token.a}\" }",
                "{ expect: \"${alice.peer} : ${token.a}\" }",
            )
            .expected(Expected::Text(data("('127.0.0.1', 40112) : mango-41")))
            .came(
                came,
                Some(Difference {
                    start: 0,
                    agrees: 21,
                    end: came.len(),
                }),
            )
            .miss(Miss::Unexpected, Proof::Quiescent, 0)
            .event(event)
            .done(),
    );
}

#[test]
fn a_line_without_its_end() {
    let mut story = Story::echo();
    story.sent("alice", "mango-41\n", 0);
    let event = story.received("alice", "mango-41", 1);
    english(
        "missing-newline",
        &story
            .failed(
                "alice",
                2,
                "  - alice: { expect: \"${token.a}\" }",
                "expect",
            )
            .expected(Expected::Exactly(data("mango-41\n")))
            .came(
                "mango-41",
                Some(Difference {
                    start: 0,
                    agrees: 8,
                    end: 8,
                }),
            )
            .miss(Miss::NoNewline, Proof::Quiescent, 1)
            .event(event)
            .done(),
    );
}

#[test]
fn the_server_closes_too_early() {
    let mut story = Story::echo();
    story.sent("alice", "mango-41", 0);
    story.received("alice", "mango-41", 1);
    story.sent("alice", "kiwi-07", 2);
    let event = story.happened(
        "alice",
        EventKind::PeerClosed {
            channel: Channel::Wire,
        },
        Some(3),
    );
    english(
        "closed",
        &story
            .failed(
                "alice",
                4,
                "  - alice: { expect: \"${token.b}\" }",
                "{ expect: \"${token.b}\" }",
            )
            .expected(Expected::Text(data("kiwi-07")))
            .actual(Actual::Closed)
            .miss(Miss::Closed, Proof::Closed, 2)
            .event(event)
            .note(Note::StillRunning {
                actor: "server".to_owned(),
            })
            .spec("A4: serves until the client leaves")
            .done(),
    );
}

#[test]
fn the_server_resets_the_connection() {
    let mut story = Story::echo();
    story.sent("alice", "mango-41", 0);
    let event = story.happened("alice", EventKind::PeerReset, Some(1));
    english(
        "reset",
        &story
            .failed(
                "alice",
                2,
                "  - alice: { expect: \"${token.a}\" }",
                "{ expect: \"${token.a}\" }",
            )
            .expected(Expected::Text(data("mango-41")))
            .actual(Actual::Reset)
            .miss(Miss::Closed, Proof::Closed, 1)
            .event(event)
            .done(),
    );
}

#[test]
fn the_server_crashes_by_a_signal() {
    let mut story = Story::echo();
    story.sent("alice", "mango-41", 0);
    story.happened(
        "alice",
        EventKind::PeerClosed {
            channel: Channel::Wire,
        },
        Some(1),
    );
    let event = story.happened("server", EventKind::Exited(ExitStatus::Signal(11)), Some(1));
    both(
        "crashed",
        &story
            .failed(
                "alice",
                2,
                "  - alice: { expect: \"${token.a}\" }",
                "{ expect: \"${token.a}\" }",
            )
            .expected(Expected::Text(data("mango-41")))
            .actual(Actual::Exited(ExitStatus::Signal(11)))
            .miss(Miss::Crashed, Proof::Exited, 12)
            .event(event)
            .done(),
    );
}

#[test]
fn the_server_does_not_start_since_the_port_is_taken() {
    let words = "Traceback (most recent call last):\n  File \"server.py\", line 9, in <module>\n    s.bind(('', 9999))\nOSError: [Errno 98] Address already in use\n";
    let mut story = Story::empty();
    story.actor("server", ActorKind::TerminalProgram, None);
    story.started("server", None);
    story.happened(
        "server",
        EventKind::Printed {
            channel: Channel::Screen,
            data: data(words),
        },
        None,
    );
    let event = story.happened("server", EventKind::Exited(ExitStatus::Code(1)), None);
    both(
        "not-started-port",
        &story
            .failed("server", 0, "  server: { role: server }", "server")
            .program(Channel::Screen)
            .expected(Expected::Listening)
            .actual(Actual::Exited(ExitStatus::Code(1)))
            .miss(Miss::NotStarted, Proof::Exited, 61)
            .event(event)
            .note(Note::PortTaken { port: 9999 })
            .note(Note::LastWords {
                actor: "server".to_owned(),
                text: data(words),
            })
            .done(),
    );
}

#[test]
fn the_server_asks_what_nobody_answers() {
    let mut story = Story::empty();
    story.actor("server", ActorKind::TerminalProgram, None);
    story.started("server", None);
    story.happened(
        "server",
        EventKind::Printed {
            channel: Channel::Screen,
            data: data("请输入你的名字："),
        },
        None,
    );
    both(
        "not-started-prompt",
        &story
            .failed("server", 0, "  server: { role: server }", "server")
            .program(Channel::Screen)
            .expected(Expected::Listening)
            .actual(Actual::Nothing)
            .miss(Miss::NotStarted, Proof::Quiescent, 80)
            .note(Note::UnknownPrompt {
                actor: "server".to_owned(),
                text: data("请输入你的名字："),
            })
            .done(),
    );
}

#[test]
fn the_server_does_not_compile() {
    let mut story = Story::empty();
    story.actor("server", ActorKind::PipedProgram, None);
    english(
        "not-started-build",
        &story
            .failed("server", 0, "  server: { role: server }", "server")
            .program(Channel::Stdout)
            .expected(Expected::Build)
            .actual(Actual::Build(data(
                "server.c: In function 'main':\nserver.c:14:5: error: expected ';' before 'return'\n   14 |     return 0;\n      |     ^~~~~~\nmake: *** [Makefile:2: server] Error 1\n",
            )))
            .miss(Miss::NotStarted, Proof::Exited, 310)
            .done(),
    );
}

#[test]
fn a_flood_of_control_characters_stays_in_its_bed() {
    let flood = "\x1b]0;owned\x07\x1b[2J\u{202e}HELLO\u{200b}\r\n\0".repeat(1 << 16);
    let mut story = Story::hub(&["alice", "bob"]);
    story.happened("alice", EventKind::Closed, Some(0));
    for piece in flood.as_bytes().chunks(4096).take(250) {
        story.happened("bob", EventKind::Received(Data(piece.to_vec())), Some(1));
    }
    let event = story.happened(
        "bob",
        EventKind::Flooded {
            channel: Channel::Wire,
            kept: 1 << 20,
        },
        Some(1),
    );
    both(
        "flood",
        &story
            .failed(
                "bob",
                2,
                "  - bob: { expect: \"${token.a}\" }",
                "{ expect: \"${token.a}\" }",
            )
            .expected(Expected::Text(data("mango-41")))
            .came(&flood, None)
            .miss(Miss::Flooded, Proof::Flooded, 240)
            .event(event)
            .note(Note::Flood {
                actor: "server".to_owned(),
                kept: 1 << 20,
            })
            .done(),
    );
}

#[test]
fn a_client_is_refused_since_the_server_listens_elsewhere() {
    let mut story = Story::empty();
    story.actor("server", ActorKind::TerminalProgram, Some("127.0.0.1:8888"));
    story.actor("alice", ActorKind::TcpClient, None);
    story.started("server", None);
    story.happened(
        "server",
        EventKind::Listening {
            address: "127.0.0.1:8888".to_owned(),
        },
        None,
    );
    let event = story.happened(
        "alice",
        EventKind::Refused {
            to: "127.0.0.1:9999".to_owned(),
            errno: 111,
        },
        Some(0),
    );
    both(
        "refused",
        &story
            .failed(
                "alice",
                1,
                "  - alice: { connect: true }",
                "{ connect: true }",
            )
            .expected(Expected::Connection {
                to: "127.0.0.1:9999".to_owned(),
            })
            .actual(Actual::Refused(111))
            .miss(Miss::Refused, Proof::Matched, 0)
            .event(event)
            .note(Note::ListensAt {
                address: "127.0.0.1:8888".to_owned(),
            })
            .done(),
    );
}

#[test]
fn a_second_client_waits_for_its_turn() {
    let mut story = Story::hub(&["alice", "bob"]);
    story.sent("bob", "mango-41", 0);
    both(
        "not-served",
        &story
            .failed(
                "bob",
                2,
                "  - bob: { expect: \"${token.a}\" }",
                "{ expect: \"${token.a}\" }",
            )
            .expected(Expected::Text(data("mango-41")))
            .actual(Actual::Nothing)
            .miss(Miss::Refused, Proof::Quiescent, 1)
            .note(Note::Stood(Standing {
                unaccepted: 1,
                ..standing("server", vec![receives(&["alice"])])
            }))
            .hint(
                "Start a thread for each client that accept() returns.",
                "accept() 每返回一个客户端，就为它启动一个线程。",
            )
            .done(),
    );
}

#[test]
fn the_client_does_not_end() {
    let mut story = Story::client();
    story.typed("client", "q\n", 1);
    story.received("link", "q", 2);
    story.happened("link", EventKind::Closed, Some(3));
    both(
        "not-ended",
        &story
            .failed(
                "client",
                5,
                "  - client: { expect: { exit: 0 } }",
                "{ exit: 0 }",
            )
            .program(Channel::Screen)
            .expected(Expected::Exit(Some(ExitStatus::Code(0))))
            .actual(Actual::StillOpen)
            .miss(Miss::NotEnded, Proof::Quiescent, 0)
            .note(stood("client", vec![Doing::Keyboard], &[]))
            .done(),
    );
}

#[test]
fn the_text_comes_in_another_encoding() {
    let mut story = Story::client();
    story.typed("client", "你好\n", 1);
    let gbk = b"\xc4\xe3\xba\xc3";
    let event = story.happened("link", EventKind::Received(Data(gbk.to_vec())), Some(2));
    both(
        "wrong-encoding",
        &story
            .failed("link", 3, "  - link: { expect: 你好 }", "你好")
            .expected(Expected::Text(data("你好")))
            .actual(Actual::Bytes {
                data: Data(gbk.to_vec()),
                difference: Some(Difference {
                    start: 0,
                    agrees: 0,
                    end: 4,
                }),
                total: 4,
            })
            .miss(Miss::WrongEncoding, Proof::Quiescent, 2)
            .event(event)
            .note(Note::OtherEncoding {
                name: "gbk".to_owned(),
            })
            .done(),
    );
}

#[test]
fn two_lines_in_a_row_hang_a_chat_by_turns() {
    let mut story = Story::echo();
    story.sent("alice", "kiwi-07", 0);
    story.printed("server", "recv from alice: kiwi-07\n>>>", 0);
    story.sent("alice", "mango-41", 1);
    both(
        "waits-for-keyboard",
        &story
            .failed(
                "server",
                3,
                "  - server: { expect: \"${token.b}\" }",
                "{ expect: \"${token.b}\" }",
            )
            .program(Channel::Screen)
            .expected(Expected::Text(data("mango-41")))
            .actual(Actual::Nothing)
            .miss(Miss::Never, Proof::Quiescent, 0)
            .note(stood("server", vec![Doing::Keyboard], &[("alice", 8)]))
            .done(),
    );
}

#[test]
fn a_program_on_pipes_prints_nothing() {
    let mut story = Story::empty();
    story.actor("server", ActorKind::PipedProgram, Some("127.0.0.1:9999"));
    story.actor("alice", ActorKind::TcpClient, Some("127.0.0.1:40112"));
    story.started("server", None);
    story.sent("alice", "mango-41", 0);
    english(
        "unflushed",
        &story
            .failed(
                "server",
                2,
                "  - server: { expect: \"${token.a}\" }",
                "{ expect: \"${token.a}\" }",
            )
            .program(Channel::Stdout)
            .expected(Expected::Text(data("mango-41")))
            .actual(Actual::Nothing)
            .miss(Miss::Never, Proof::Deadline, 10_000)
            .note(Note::MayBeUnflushed {
                actor: "server".to_owned(),
            })
            .done(),
    );
}

#[test]
fn one_of_a_crowd_gets_nothing() {
    let names: Vec<String> = (1..=20).map(|n| format!("peer[{n}]")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut story = Story::hub(&names);
    story.sent("peer[1]", "mango-41", 0);
    for name in &names[1..14] {
        story.received(name, "peer[1]: mango-41", 1);
    }
    english(
        "crowd",
        &story
            .failed(
                "peer[15]",
                2,
                "  - peer: { expect: \"${token.a}\" }",
                "{ expect: \"${token.a}\" }",
            )
            .expected(Expected::Text(data("mango-41")))
            .actual(Actual::Nothing)
            .miss(Miss::Never, Proof::Quiescent, 3)
            .kind(Kind::Robustness)
            .done(),
    );
}

/// A run with one of each outcome.
fn run() -> RunReport {
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
            plain("vanish", Outcome::Passed, Kind::Robustness),
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

fn socket(state: TcpState, with: &str) -> SocketSeen {
    SocketSeen {
        state,
        with: Some(with.to_owned()),
        unread: 0,
        accepted: true,
    }
}

fn no_more(of: Resource, spare: usize) -> Expected {
    Expected::NoMore {
        of,
        step: 4,
        then: 3,
        spare,
    }
}

/// A failed condition of the server, with the sentences that say so.
fn condition(name: &str, expected: Expected, actual: Actual, miss: Miss, proof: Proof) {
    let result = Story::echo()
        .failed(
            "server",
            7,
            "  - server: { expect: { … } }",
            "{ expect: { … } }",
        )
        .program(Channel::Screen)
        .expected(expected)
        .actual(actual)
        .miss(miss, proof, 0)
        .done();
    both(name, &result);
}

#[test]
fn conditions_that_do_not_hold() {
    let half_closed =
        ["alice", "bob", "127.0.0.1:40116"].map(|with| socket(TcpState::CloseWait, with));
    condition(
        "never-closed",
        Expected::Sockets {
            states: vec![TcpState::CloseWait],
            count: 0,
        },
        Actual::Sockets(half_closed.to_vec()),
        Miss::Leaked,
        Proof::Quiescent,
    );
    condition(
        "threads-pile-up",
        no_more(Resource::Threads, 5),
        Actual::Has(23),
        Miss::Leaked,
        Proof::Quiescent,
    );
    condition(
        "busy",
        Expected::Idle,
        Actual::Used {
            processor_ms: 2010,
            within_ms: 2020,
        },
        Miss::Busy,
        Proof::Spinning,
    );
    condition(
        "listens-elsewhere",
        Expected::ListensAt {
            address: "0.0.0.0:9999".to_owned(),
            backlog: Some(5),
        },
        Actual::ListensAt(vec![ListenerSeen {
            address: "127.0.0.1:9999".to_owned(),
            backlog: 1,
        }]),
        Miss::Unexpected,
        Proof::Quiescent,
    );
}

#[test]
fn every_code_has_words_in_both_languages() {
    let text = || Expected::Text(data("mango-41"));
    let expected = [
        text(),
        Expected::Exactly(data("mango-41")),
        Expected::Regex("[0-9]+".to_owned()),
        Expected::AnyOf(vec![text(), Expected::Regex("x".to_owned())]),
        Expected::AnyOf(vec![text(), Expected::Closed { reset: false }]),
        Expected::AllOf(vec![text(), text()]),
        Expected::Not(Box::new(text())),
        Expected::Not(Box::new(Expected::Closed { reset: true })),
        Expected::Silence,
        Expected::Closed { reset: false },
        Expected::Closed { reset: true },
        Expected::Exit(None),
        Expected::Exit(Some(ExitStatus::Code(0))),
        Expected::Exit(Some(ExitStatus::Signal(15))),
        Expected::File {
            name: "a.txt".to_owned(),
            content: data("mango-41"),
            whole: true,
        },
        Expected::Listening,
        Expected::Bound,
        Expected::Connected,
        Expected::Prompt(Box::new(text())),
        Expected::ProgramFile {
            role: "server".to_owned(),
            find: vec!["server.py".to_owned(), "*.py".to_owned()],
        },
        Expected::Build,
        Expected::Connection {
            to: "127.0.0.1:9999".to_owned(),
        },
        Expected::Accept,
        Expected::Taken { bytes: 70_000 },
        Expected::Stopped,
        Expected::Sockets {
            states: vec![TcpState::CloseWait, TcpState::FinWait2],
            count: 0,
        },
        Expected::Sockets {
            states: vec![TcpState::Established],
            count: 1,
        },
        Expected::ListensAt {
            address: "0.0.0.0:9999".to_owned(),
            backlog: None,
        },
        Expected::ListensAt {
            address: "0.0.0.0:9999".to_owned(),
            backlog: Some(5),
        },
        Expected::BoundTo {
            address: "127.0.0.1:9999".to_owned(),
        },
        Expected::AllRead { but: 0 },
        Expected::AllRead { but: 100 },
        no_more(Resource::Threads, 0),
        no_more(Resource::Descriptors, 5),
        Expected::Idle,
    ];
    let bytes = |difference| Actual::Bytes {
        data: data("mango"),
        difference,
        total: 5,
    };
    let agrees = Difference {
        start: 0,
        agrees: 5,
        end: 5,
    };
    let actual = [
        Actual::Nothing,
        bytes(None),
        bytes(Some(agrees)),
        Actual::Closed,
        Actual::Reset,
        Actual::Exited(ExitStatus::Code(1)),
        Actual::Exited(ExitStatus::Signal(6)),
        Actual::StillOpen,
        Actual::Refused(110),
        Actual::NoFile,
        Actual::Taken(1000),
        Actual::Build(data("x.c:1: error")),
        Actual::NotExecutable(8),
        Actual::Sockets(Vec::new()),
        Actual::Sockets(vec![socket(TcpState::CloseWait, "alice")]),
        Actual::Sockets(vec![
            socket(TcpState::CloseWait, "alice"),
            socket(TcpState::Established, "127.0.0.1:40112"),
        ]),
        Actual::ListensAt(Vec::new()),
        Actual::ListensAt(vec![ListenerSeen {
            address: "127.0.0.1:9999".to_owned(),
            backlog: 1,
        }]),
        Actual::BoundTo(Vec::new()),
        Actual::BoundTo(vec!["127.0.0.1:9998".to_owned()]),
        Actual::Unread(1),
        Actual::Has(23),
        Actual::Used {
            processor_ms: 480,
            within_ms: 500,
        },
    ];
    let misses = [
        Miss::Never,
        Miss::Late,
        Miss::WrongPeer,
        Miss::WrongOrder,
        Miss::Duplicate,
        Miss::Unexpected,
        Miss::Merged,
        Miss::Split,
        Miss::NoNewline,
        Miss::WrongEncoding,
        Miss::Unflushed,
        Miss::Flooded,
        Miss::Refused,
        Miss::Closed,
        Miss::Crashed,
        Miss::NotStarted,
        Miss::NotEnded,
        Miss::Leaked,
        Miss::Busy,
    ];
    let proofs = [
        Proof::Matched,
        Proof::Quiescent,
        Proof::Fenced,
        Proof::Closed,
        Proof::Exited,
        Proof::Spinning,
        Proof::Flooded,
        Proof::Deadline,
    ];
    let actor = || "server".to_owned();
    let stands = |doing| stood("server", doing, &[("alice", 1), ("bob", 2)]);
    let seen = |channel| Note::SeenElsewhere {
        actor: actor(),
        channel,
    };
    let notes = [
        Note::OwnMessage { step: 1 },
        Note::CameTo { actor: actor() },
        Note::SentBy {
            actor: actor(),
            step: 2,
        },
        Note::Counted {
            word: "mango-41".to_owned(),
            came: 0,
            expected: 3,
        },
        seen(Channel::Screen),
        seen(Channel::Stderr),
        seen(Channel::Wire),
        Note::Ended {
            actor: actor(),
            status: ExitStatus::Signal(13),
        },
        Note::LastWords {
            actor: actor(),
            text: data("EOFError"),
        },
        Note::MayBeUnflushed { actor: actor() },
        Note::UnknownPrompt {
            actor: actor(),
            text: data("name?"),
        },
        Note::PortTaken { port: 9999 },
        Note::OtherEncoding {
            name: "gbk".to_owned(),
        },
        Note::ListensAt {
            address: "127.0.0.1:1".to_owned(),
        },
        Note::Flood {
            actor: actor(),
            kept: 4096,
        },
        Note::DialledElsewhere {
            address: "127.0.0.1:1".to_owned(),
        },
        Note::StillRunning { actor: actor() },
        Note::Unflushed { actor: actor() },
        stood("server", vec![], &[("alice", 1)]),
        stands(vec![Doing::Keyboard]),
        stands(vec![receives(&["alice", "bob"]), Doing::Accept]),
        stands(vec![receives(&[]), Doing::Several, Doing::Runs]),
        stands(vec![
            Doing::Send { to: vec![] },
            Doing::Connect,
            Doing::Lock,
        ]),
        stands(vec![
            Doing::Send {
                to: vec!["alice".to_owned()],
            },
            Doing::Child,
            Doing::Pipe,
        ]),
        stands(vec![Doing::Sleep, Doing::Signal, Doing::Other]),
        stood("server", vec![Doing::Runs], &[]),
        stood("server", vec![Doing::Stopped], &[]),
        Note::Stood(Standing {
            unaccepted: 2,
            unclosed: vec!["alice".to_owned(), "bob".to_owned()],
            threads: 50,
            descriptors: 201,
            ..standing("server", vec![Doing::Accept])
        }),
        Note::Unproved(Unproved::Timed {
            actor: actor(),
            ms: Some(500),
        }),
        Note::Unproved(Unproved::Timed {
            actor: actor(),
            ms: Some(60_000),
        }),
        Note::Unproved(Unproved::Timed {
            actor: actor(),
            ms: None,
        }),
        Note::Unproved(Unproved::Busy),
        Note::Unproved(Unproved::Hidden),
    ];
    let mut number = 0;
    for expected in &expected {
        for actual in &actual {
            for miss in misses {
                // Proofs, notes and channels go round, so that each meets many of the others; a third of all is enough.
                number += 1;
                if number % 3 != 0 {
                    continue;
                }
                let channels = [
                    Channel::Wire,
                    Channel::Screen,
                    Channel::Stdout,
                    Channel::Stderr,
                ];
                let story = match channels[number % 4] {
                    Channel::Wire => Story::echo().failed("alice", 1, "x", "x"),
                    printed => Story::echo().failed("server", 1, "x", "x").program(printed),
                };
                let result = story
                    .expected(expected.clone())
                    .actual(actual.clone())
                    .miss(miss, proofs[number % proofs.len()], number as u64)
                    .note(notes[number % notes.len()].clone())
                    .done();
                sounds_right(&result);
            }
        }
    }
}

/// No English in a Chinese report, no Chinese in an English one, and nothing doubled or left open.
fn sounds_right(result: &ScenarioResult) {
    let wide = ScenarioResult {
        title: Default::default(),
        ..result.clone()
    };
    let english = report::scenario(&wide, &ENGLISH);
    let chinese = report::scenario(&wide, &CHINESE);
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    assert!(!english.contains(is_chinese), "{english}");
    assert!(chinese.contains(is_chinese), "{chinese}");
    for word in [" the ", "But ", " must ", " is ", "step "] {
        assert!(!chinese.contains(word), "{word}: {chinese}");
    }
    for (text, bad) in [
        (&english, vec!["the the", "..", "never must", " .", "()("]),
        (&chinese, vec!["。。", "，。", "：。", "但但"]),
    ] {
        for bad in bad {
            let found = text
                .lines()
                .find(|line| line.contains(bad) && !line.contains("submission ."));
            assert_eq!(found, None, "{bad:?} in\n{text}");
        }
    }
}

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

#[test]
fn progress_says_how_far_a_run_is() {
    let line = report::progress_line(3, 11, "hub · broadcast", &ENGLISH);
    assert_eq!(line, "3/11  hub · broadcast");
}
