//! What comes is not what was expected.

use viva::transcript::{Channel, Data, Difference, EventKind, Miss, Proof};
use viva::verdict::{Actual, Expected, Kind, Note, ScenarioResult};

use crate::golden::{both, english};
use crate::story::{Story, data, stood};

/// A hub that sends a message back to its sender.
pub(crate) fn wrong_peer() -> ScenarioResult {
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

#[test]
fn an_old_answer_comes_again() {
    let mut story = Story::echo();
    story.sent("alice", "mango-41", 0);
    story.received("alice", "MANGO-41", 1);
    story.sent("alice", "peach-07", 2);
    let event = story.received("alice", "MANGO-41", 3);
    both(
        "old-answer",
        &story
            .failed(
                "alice",
                4,
                "  - alice: { expect: \"${token.b|reply}\" }",
                "{ expect: \"${token.b|reply}\" }",
            )
            .expected(Expected::Text(data("PEACH-07")))
            .came("MANGO-41", None)
            .miss(Miss::Never, Proof::Quiescent, 1)
            .event(event)
            .note(Note::CameBefore { step: 2 })
            .done(),
    );
}

#[test]
fn an_old_text_is_shown_again() {
    let mut story = Story::client();
    story.typed("client", "mango-41\n", 0);
    story.printed("client", "MANGO-41\n", 1);
    story.typed("client", "peach-07\n", 2);
    let event = story.printed("client", "MANGO-41\n", 3);
    both(
        "old-text",
        &story
            .failed(
                "client",
                4,
                "  - client: { expect: \"${token.b|reply}\" }",
                "{ expect: \"${token.b|reply}\" }",
            )
            .program(Channel::Screen)
            .expected(Expected::Text(data("PEACH-07")))
            .came("MANGO-41\n", None)
            .miss(Miss::Never, Proof::Quiescent, 1)
            .event(event)
            .note(Note::CameBefore { step: 2 })
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
