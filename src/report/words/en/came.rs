//! What came instead, and what settled it.

use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{QUOTED, errno, is_printed};
use crate::transcript::{Channel, Miss, Proof};
use crate::verdict::{Actual, Expected};

use super::phrases;
use super::phrases::{after, bytes, capital, explained, other, who};
use super::{condition, http, websocket};

pub(super) fn arrival(about: &About<'_>) -> String {
    let who = who(about, about.actor());
    let wire = !is_printed(about.failure.subject.channel);
    match &about.failure.actual {
        Actual::Nothing => nothing(about),
        Actual::Bytes { .. } => came(about, about.came().unwrap_or(0)),
        Actual::Closed if wire => {
            format!("But {} closed the connection with {who}.", other(about))
        }
        Actual::Closed => format!("But {who} closed this output."),
        Actual::Reset => format!(
            "But {} reset the connection with {who} (RST): it crashed, or it closed the connection before it had read \
             everything.",
            other(about)
        ),
        Actual::Exited(end) => {
            let name = about.ended().map_or_else(
                || "the program".to_owned(),
                |name| phrases::who(about, name),
            );
            let before = if about.wants_end() {
                ""
            } else {
                " before that"
            };
            format!("But {name} ended {}{before}.", explained(*end))
        }
        Actual::StillOpen => match &about.failure.expected {
            Expected::Closed { .. } if wire => "But the connection is still open.".to_owned(),
            Expected::InTime { .. } => "But they took longer.".to_owned(),
            _ if about.failure.miss == Miss::Flooded => format!("But {who} prints without end."),
            _ => format!("But {who} is still running."),
        },
        Actual::Refused(number) => {
            let why = match *number {
                libc::ECONNREFUSED => "refused: nobody listens there",
                libc::ETIMEDOUT => {
                    "not answered: its queue of waiting connections is full, or it never calls accept()"
                }
                libc::ECONNRESET => "reset at once",
                libc::ENETUNREACH | libc::EHOSTUNREACH => {
                    "impossible: no way leads to that address"
                }
                _ => "not made",
            };
            format!("But the connection was {why} ({}).", errno(*number))
        }
        Actual::NoFile if matches!(about.failure.expected, Expected::ProgramFile { .. }) => {
            "But there is no such file in it.".to_owned()
        }
        Actual::NoFile => format!(
            "But there is no such file in the folder in which {} ran.",
            other(about)
        ),
        Actual::Taken(count) => format!("But only {} were taken.", bytes(*count)),
        Actual::Build(_) => "But the compiler found mistakes.".to_owned(),
        Actual::BuiltTooMuch { mainly } => format!(
            "But its build leaves more than can be copied for each run; most of it is {}.",
            visible::clipped(mainly.as_bytes(), QUOTED)
        ),
        Actual::NotExecutable(number) => {
            let why = match *number {
                libc::ENOENT => "the program, or the interpreter in its first line, does not exist",
                libc::EACCES | libc::EPERM => "the file is not executable (chmod +x)",
                libc::ENOEXEC => "the file is not a program (is its first line #!… missing?)",
                _ => "the system refused",
            };
            format!("But it could not be started: {why} ({}).", errno(*number))
        }
        Actual::Response(fault) => http::instead(fault),
        Actual::Handshake(fault) => websocket::handshake(fault),
        Actual::Violation(violation) => websocket::violation(violation, &other(about)),
        Actual::Sockets(_)
        | Actual::ListensAt(_)
        | Actual::BoundTo(_)
        | Actual::Unread(_)
        | Actual::Datagrams(_)
        | Actual::Has(_)
        | Actual::Used { .. } => condition::instead(about).unwrap_or_default(),
    }
}

/// What came instead where nothing came.
fn nothing(about: &About<'_>) -> String {
    let who = who(about, about.actor());
    let more = if about.heard() { " more" } else { "" };
    match &about.failure.expected {
        Expected::Listening => format!("But {who} does not listen on any port."),
        Expected::Bound => format!("But {who} has not bound a UDP port."),
        Expected::Connected => format!("But {who} connects to nobody."),
        Expected::Accept => "But nobody connected.".to_owned(),
        Expected::Prompt(_) => format!("But {who} asked for nothing{more}."),
        Expected::Connection { .. } => "But the connection did not come about.".to_owned(),
        Expected::Taken { .. } => "But not one byte was taken.".to_owned(),
        _ if about.is_unserved() => format!(
            "But {who} is connected and not served: {} has not accepted the connection, or does not read from it.",
            other(about)
        ),
        Expected::ProgramFile { .. } => "But there is no such file in it.".to_owned(),
        _ => {
            let nothing = match about.failure.subject.channel {
                Channel::Screen => format!("But {who}'s terminal showed nothing{more}."),
                Channel::Stdout => format!("But {who} printed nothing{more}."),
                Channel::Stderr => format!("But nothing{more} came from its error output."),
                Channel::Wire => format!("But {who} received nothing{more}."),
                Channel::ToServer => {
                    format!("But nothing{more} came to {who} on its way to the server.")
                }
                Channel::ToClient => {
                    format!("But nothing{more} came to {who} on its way to the client.")
                }
            };
            match about.failure.miss {
                Miss::Crashed => format!("{nothing} {}", crash(about)),
                _ => nothing,
            }
        }
    }
}

/// That a program crashed, as a whole or in part.
fn crash(about: &About<'_>) -> String {
    let name = about
        .ended()
        .map_or_else(|| "the program".to_owned(), |name| who(about, name));
    if about.has_ended() {
        format!("{} has crashed.", capital(&name))
    } else {
        format!("A part of {name} has crashed; its last words are below.")
    }
}

/// What came instead where bytes came.
fn came(about: &About<'_>, total: usize) -> String {
    let subject = &about.failure.subject;
    let who = who(about, &subject.actor);
    let n = bytes(total);
    let verb = match subject.channel {
        Channel::Screen => format!("{who}'s terminal showed"),
        Channel::Stdout | Channel::Stderr => format!("{who} printed"),
        Channel::Wire | Channel::ToServer | Channel::ToClient => format!("{who} received"),
    };
    if let Expected::File { name, .. } = &about.failure.expected {
        let name = visible::clipped(name.as_bytes(), QUOTED);
        return format!("But {name} holds something else ({n}).");
    }
    if about.counts_bytes() {
        return format!("But {verb} {n}.");
    }
    if about.wants_absence() {
        return match about.failure.miss {
            Miss::Duplicate => format!("But it came once more ({n})."),
            _ if total == 0 => format!("But {verb} an empty message."),
            _ => format!("But {verb} it ({n})."),
        };
    }
    if let (Miss::Never | Miss::Unexpected, Some(count)) =
        (about.failure.miss, about.only_beginning())
    {
        return format!("But {verb} only the first {} of it.", bytes(count));
    }
    match about.failure.miss {
        Miss::Never => format!("But {verb} {n} without it."),
        Miss::Late => "It came, but only after the time was up.".to_owned(),
        Miss::WrongPeer if about.own_message() => {
            format!("But {verb} a message that {who} had sent ({n}).")
        }
        Miss::WrongPeer => format!("But {verb} this ({n}), which was meant for somebody else."),
        Miss::WrongOrder => {
            format!("But {verb} something first ({n}) that should have come later.")
        }
        Miss::Duplicate => match about.repeated() {
            Some(word) => {
                let word = visible::clipped(word.as_bytes(), QUOTED);
                format!("But {verb} \"{word}\" once more.")
            }
            None => format!("But {verb} it more than once."),
        },
        Miss::Unexpected => format!("But {verb} something else ({n})."),
        Miss::Merged => {
            format!("But {verb} two messages as one ({n}): the end of the first was not marked.")
        }
        Miss::Split => {
            format!("But {verb} one message in pieces: each piece looks like a message of its own.")
        }
        Miss::NoNewline => "The text came, but not the end of its line.".to_owned(),
        Miss::WrongEncoding => format!("But {verb} it in another encoding ({n})."),
        Miss::Unflushed => {
            format!("But {verb} only {n}; the rest seems to be held back in a buffer.")
        }
        Miss::Flooded => format!("But {verb} {n}, and there was no end of it."),
        Miss::Refused => format!("But {who} is not served; only {n} came."),
        Miss::Closed if subject.channel == Channel::Wire => format!(
            "But {} closed the connection with {who}; only {n} had come.",
            other(about)
        ),
        Miss::Closed => format!("But {verb} only {n} before it ended."),
        Miss::Crashed => format!("But {verb} only {n}. {}", crash(about)),
        Miss::NotStarted => format!("But {who} did not get as far as that; {n} came."),
        Miss::NotEnded => format!("But it goes on: {verb} {n}."),
        Miss::Leaked => format!("But it keeps more than it should; {n} came."),
        Miss::Busy => format!("But it is busy all the time; {n} came."),
    }
}

pub(super) fn miss(miss: Miss) -> &'static str {
    match miss {
        Miss::Never => "never",
        Miss::Late => "late",
        Miss::WrongPeer => "wrong peer",
        Miss::WrongOrder => "wrong order",
        Miss::Duplicate => "duplicate",
        Miss::Unexpected => "unexpected",
        Miss::Merged => "merged",
        Miss::Split => "split",
        Miss::NoNewline => "no newline",
        Miss::WrongEncoding => "wrong encoding",
        Miss::Unflushed => "unflushed",
        Miss::Flooded => "flooded",
        Miss::Refused => "refused",
        Miss::Closed => "closed",
        Miss::Crashed => "crashed",
        Miss::NotStarted => "not started",
        Miss::NotEnded => "not ended",
        Miss::Leaked => "leaked",
        Miss::Busy => "busy",
    }
}

fn proof(proof: Proof, after_ms: u64) -> String {
    let when = after(after_ms);
    match proof {
        Proof::Matched => format!("seen {when}"),
        Proof::Quiescent => {
            format!("proved {when}, as all programs wait and nothing is under way")
        }
        Proof::Fenced => format!("proved {when}, as a message that was sent later has come"),
        Proof::Closed => format!("proved {when} by the end of the connection"),
        Proof::Exited => format!("proved {when} by the end of the program"),
        Proof::Spinning => {
            format!("settled {when}, as the program is busy, but neither reads nor writes")
        }
        Proof::Flooded => format!("settled {when}, as there is no end of what comes"),
        Proof::Deadline => format!("settled by the deadline {when}"),
    }
}

pub(super) fn settled(kind: Miss, proof: Proof, after_ms: u64) -> String {
    format!("[{}: {}]", miss(kind), self::proof(proof, after_ms))
}

pub(super) fn missing(about: &About<'_>) -> Option<&'static str> {
    match &about.failure.actual {
        Actual::Nothing if about.wants_content() => Some("nothing came"),
        Actual::StillOpen if is_printed(about.failure.subject.channel) => Some("still running"),
        Actual::StillOpen => Some("still open"),
        _ => None,
    }
}
