//! Every code has its sentence, and the sentences sound right.

use viva::observe::{Resource, TcpState};
use viva::report;
use viva::transcript::{Channel, Difference, ExitStatus, Miss, Proof};
use viva::verdict::{
    Actual, Doing, Expected, ListenerSeen, Note, ScenarioResult, SocketSeen, Standing, Unproved,
};

use crate::golden::{CHINESE, ENGLISH, both};
use crate::story::{Story, data, datagrams, receives, standing, stood};

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
            accepted: None,
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
        "datagrams-unread",
        Expected::Datagrams { count: 6 },
        Actual::Datagrams(vec![datagrams("alice", 2, 17), datagrams("bob", 1, 8)]),
        Miss::Unexpected,
        Proof::Quiescent,
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
            accepted: None,
            count: 0,
        },
        Expected::Sockets {
            states: vec![TcpState::Established],
            accepted: Some(false),
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
        Expected::Datagrams { count: 0 },
        Expected::Datagrams { count: 3 },
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
        Actual::Datagrams(Vec::new()),
        Actual::Datagrams(vec![datagrams("alice", 2, 16), datagrams("bob", 1, 0)]),
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
        Note::CameBefore { step: 2 },
        Note::CameAlong { step: Some(2) },
        Note::CameAlong { step: None },
        Note::TalksToItself {
            actor: actor(),
            address: "127.0.0.1:1".to_owned(),
        },
        Note::CameTo {
            actor: actor(),
            sent: false,
        },
        Note::CameTo {
            actor: actor(),
            sent: true,
        },
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
        Note::OtherEncoding {
            name: "escaped".to_owned(),
        },
        Note::OtherEncoding {
            name: "mojibake".to_owned(),
        },
        Note::ListensAt {
            address: "127.0.0.1:1".to_owned(),
        },
        Note::Flood {
            actor: actor(),
            kept: 4096,
        },
        Note::Repeats {
            actor: actor(),
            text: viva::transcript::Data(b"gone : ".to_vec()),
            times: 86_353,
        },
        Note::DialledElsewhere {
            address: "127.0.0.1:1".to_owned(),
        },
        Note::StillRunning { actor: actor() },
        Note::Unflushed { actor: actor() },
        stood("server", vec![], &[("alice", 1)]),
        stands(vec![Doing::Keyboard]),
        stands(vec![receives(&["alice", "bob"]), Doing::Accept]),
        stands(vec![receives(&[]), Doing::Runs]),
        stands(vec![Doing::Several {
            of: vec![Doing::Keyboard, Doing::Accept, receives(&["alice"])],
        }]),
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
