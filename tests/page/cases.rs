//! Results to make pages of.

use std::time::Duration;

use viva::transcript::{ActorKind, Channel, Data, EventKind, ExitStatus, Miss, Proof};
use viva::verdict::{Expected, Note, Outcome, ScenarioResult};

use crate::story::{Story, data};

/// A hub that sends a message back to its sender.
pub(crate) fn own_message() -> ScenarioResult {
    let mut story = Story::hub(&["alice", "bob"]);
    story.printed("server", "请输入端口: ", 0);
    story.typed("server", "9999\n", 0);
    story.sent("alice", "mango-41", 0);
    story.received("bob", "('127.0.0.1', 40112) ： mango-41", 1);
    let event = story.received("alice", "('127.0.0.1', 40112) ： mango-41", 3);
    story
        .failed(
            "alice",
            4,
            "  - alice: { never: \"${token.hello}\" }",
            "{ never: \"${token.hello}\" }",
        )
        .expected(Expected::Not(Box::new(Expected::Text(data("mango-41")))))
        .came("('127.0.0.1', 40112) ： mango-41", None)
        .miss(Miss::WrongPeer, Proof::Matched, 1)
        .event(event)
        .note(Note::OwnMessage { step: 1 })
        .hint("Skip the sender.", "跳过发送者。")
        .done()
}

/// A program that answers in GBK where UTF-8 is expected, and then crashes.
pub(crate) fn gbk() -> ScenarioResult {
    let mut story = Story::hub(&["alice"]);
    story.sent("alice", "你好", 0);
    let event = story.happened(
        "alice",
        EventKind::Received(Data(b"\xc4\xe3\xba\xc3".to_vec())),
        Some(1),
    );
    story.happened("server", EventKind::Exited(ExitStatus::Signal(11)), Some(1));
    let mut result = story
        .failed(
            "alice",
            2,
            "  - alice: { expect: \"你好\" }",
            "{ expect: \"你好\" }",
        )
        .expected(Expected::Text(data("你好")))
        .actual(viva::verdict::Actual::Bytes {
            data: Data(b"\xc4\xe3\xba\xc3".to_vec()),
            difference: None,
            total: 4,
        })
        .miss(Miss::WrongEncoding, Proof::Matched, 1)
        .event(event)
        .note(Note::OtherEncoding {
            name: "GBK".to_owned(),
        })
        .hint("Encode in UTF-8.", "用 UTF-8 编码。")
        .done();
    // A stretch of time in which nothing happens.
    if let Some(last) = result.transcript.events.last_mut() {
        last.at += Duration::from_millis(1500);
    }
    "chinese".clone_into(&mut result.scenario);
    result
}

/// What a program could do to a page, in every place where its words come: markup, scripts, escapes of terminals, characters that
/// turn text round, every character up to U+2FFF.
pub(crate) const EVIL: &str = "</script><script>window.hit=1</script><img src=x onerror=\"window.hit=2\"><svg onload=window.hit=3>\
    </text></svg>--><style>*{display:none}</style>&lt;b&gt;\"'`;</textarea></title>\u{202e}\u{2028}\u{0}\u{1b}]0;x\u{7}\u{1b}[2J\u{feff}javascript:window.hit=4";

/// It, and every character.
pub(crate) fn evil() -> String {
    let all: String = (0..=0x2fff).filter_map(char::from_u32).collect();
    format!("{EVIL}{all}")
}

/// A scenario that is evil wherever a text can be.
pub(crate) fn hostile() -> ScenarioResult {
    let evil = evil();
    let mut story = Story::hub(&["alice", EVIL]);
    story.sent("alice", &evil, 0);
    story.received(EVIL, &evil, 0);
    story.printed("server", &evil, 0);
    story.happened(
        "server",
        EventKind::Printed {
            channel: Channel::Stderr,
            data: Data((0..=255).collect()),
        },
        Some(0),
    );
    let command = vec![evil.clone()];
    story.happened("server", EventKind::Started { command }, Some(0));
    // Far more than any page can hold.
    let flood = Data(vec![b'<'; 3 << 20]);
    let event = story.happened("alice", EventKind::Received(flood), Some(1));
    let mut result = story
        .failed("alice", 2, EVIL, "script")
        .expected(Expected::Exactly(data(EVIL)))
        .came(&evil, None)
        .miss(Miss::Unexpected, Proof::Matched, u64::MAX)
        .event(event)
        .note(Note::LastWords {
            actor: EVIL.to_owned(),
            text: data(&evil),
        })
        .note(Note::Counted {
            word: EVIL.to_owned(),
            came: 3,
            expected: 0,
        })
        .hint(EVIL, EVIL)
        .spec(EVIL)
        .done();
    EVIL.clone_into(&mut result.scenario);
    EVIL.clone_into(&mut result.seed);
    EVIL.clone_into(&mut result.lab);
    result.again = vec![EVIL.into()];
    result.submission = Some(EVIL.to_owned());
    result
}

/// Two hundred peers.
pub(crate) fn crowd() -> ScenarioResult {
    let names: Vec<String> = (1..=200).map(|number| format!("crowd[{number}]")).collect();
    let peers: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut story = Story::hub(&peers);
    for name in &peers {
        story.sent(name, "hello", 0);
    }
    for (index, name) in peers.iter().enumerate().rev() {
        story.received(name, &format!("hello from {index}"), 1);
    }
    story
        .failed(
            "crowd[77]",
            3,
            "  - crowd: { expect: you }",
            "{ expect: you }",
        )
        .expected(Expected::Text(data("you")))
        .actual(viva::verdict::Actual::Nothing)
        .miss(Miss::Never, Proof::Quiescent, 3)
        .hint("", "")
        .done()
}

/// It passed, over a line that loses a datagram; the client ended properly.
pub(crate) fn passed() -> ScenarioResult {
    let mut story = Story::hub(&["alice"]);
    story.actor("line", ActorKind::UdpProxy, Some("127.0.0.1:5000"));
    story.sent("alice", "hello", 0);
    story.happened(
        "line",
        EventKind::Lost {
            channel: Channel::ToServer,
            data: data("hello"),
        },
        Some(0),
    );
    let mut result = story
        .failed("alice", 1, "", "")
        .expected(Expected::Silence)
        .hint("", "")
        .done();
    "loss".clone_into(&mut result.scenario);
    result.outcome = Outcome::Passed;
    result
}
