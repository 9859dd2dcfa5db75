//! A program does not do what it should: it ends, does not start, or waits for something else.

use viva::transcript::{ActorKind, Channel, EventKind, ExitStatus, Miss, Proof};
use viva::verdict::{Actual, Doing, Expected, Note, Standing};

use crate::golden::{both, english};
use crate::story::{Story, data, receives, standing, stood};

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
