//! What a program was doing.

use crate::report::about::About;
use crate::verdict::{Doing, Standing, Unproved, Unread};

use super::phrases::{bytes, capital, listed, plural, who};

pub(super) fn standing(standing: &Standing, about: &About<'_>) -> String {
    let named = |name: &str| who(about, name);
    let actor = named(&standing.actor);
    let all = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| named(name)).collect();
        few(&names)
    };
    let awaited: Vec<String> = standing
        .doing
        .iter()
        .filter_map(|doing| awaited(doing, &all))
        .collect();
    let mut sentences = Vec::new();
    let mut first = match (
        awaited.is_empty(),
        standing.doing.contains(&Doing::Runs),
        standing.doing.contains(&Doing::Stopped),
    ) {
        (false, false, false) => format!("{} waits for {}", capital(&actor), joined(&awaited)),
        (false, true, _) => format!(
            "A thread of {actor} runs without a pause; the others wait for {}",
            joined(&awaited)
        ),
        (true, true, _) => format!(
            "{} runs without a pause, and waits for nothing",
            capital(&actor)
        ),
        (_, false, true) => format!("{} is stopped by a signal", capital(&actor)),
        (true, false, false) => String::new(),
    };
    if !standing.unread.is_empty() {
        let unread = format!("{} unread", lies(&standing.unread, &named));
        if first.is_empty() {
            first = format!(
                "{}: {actor} has not called recv() for them",
                capital(&unread)
            );
        } else {
            first = format!("{first}, while {unread}");
        }
    }
    if !first.is_empty() {
        sentences.push(format!("{first}."));
    }
    if standing.doing == [Doing::Keyboard] && !standing.unread.is_empty() {
        sentences.push(
            "While it waits there it can't receive: use a thread for each, with a loop of its own, or select()."
                .to_owned(),
        );
    }
    if standing.dropped > 0 {
        sentences.push(thrown_away(standing.dropped));
    }
    match standing.unaccepted {
        0 => {}
        1 => sentences
            .push("A connection waits to be accepted: accept() has not been called for it.".into()),
        n => sentences.push(format!(
            "{n} connections wait to be accepted: accept() has not been called for them."
        )),
    }
    if !standing.unclosed.is_empty() {
        let (has, end) = match standing.unclosed.len() {
            1 => ("has", "its end of that connection"),
            _ => ("have", "its ends of those connections"),
        };
        sentences.push(format!(
            "{} {has} closed, but {actor} has not closed {end}: when recv() returns b'' (or 0), call close().",
            capital(&all(&standing.unclosed))
        ));
    }
    if standing.threads >= MANY_THREADS || standing.descriptors >= MANY_DESCRIPTORS {
        sentences.push(format!(
            "It has {} and {} open.",
            plural(standing.threads, "thread"),
            plural(standing.descriptors, "descriptor")
        ));
    }
    sentences.join(" ")
}

/// What lies there: `5 bytes from alice and 2 datagrams (16 bytes) from bob lie`.
pub(super) fn lies(unread: &[Unread], named: &impl Fn(&str) -> String) -> String {
    let all: Vec<String> = unread
        .iter()
        .map(|unread| {
            let bytes = bytes(unread.bytes);
            let what = match unread.datagrams {
                None => bytes,
                Some(count) => format!("{} ({bytes})", plural(count, "datagram")),
            };
            format!("{what} from {}", named(&unread.from))
        })
        .collect();
    let lie = match unread {
        [only] if only.datagrams.unwrap_or(only.bytes) == 1 => "lies",
        _ => "lie",
    };
    format!("{} {lie}", listed(&all, "and"))
}

/// Where datagrams went that nobody will ever read.
fn thrown_away(count: usize) -> String {
    let were = if count == 1 { "was" } else { "were" };
    format!(
        "{} for it {were} thrown away: its socket had no room for more. Read them sooner, and leave the buffer (SO_RCVBUF) as large as it is.",
        plural(count, "datagram")
    )
}

/// From here on their number is worth a sentence.
const MANY_THREADS: usize = 50;
const MANY_DESCRIPTORS: usize = 200;

/// `a, for b and for c`
fn joined(awaited: &[String]) -> String {
    match awaited {
        [most @ .., last] if !most.is_empty() => format!("{} and for {last}", most.join(", for ")),
        _ => awaited.concat(),
    }
}

/// `waits for …`
fn awaited(doing: &Doing, all: &impl Fn(&[String]) -> String) -> Option<String> {
    let call = match doing {
        Doing::Keyboard => "input()",
        Doing::Accept => "accept()",
        Doing::Receive { .. } => "recv()",
        Doing::Several { .. } => "select() or poll()",
        Doing::Send { .. } => "send()",
        Doing::Sleep => "sleep()",
        _ => return thing(doing, all),
    };
    Some(format!("{} ({call})", thing(doing, all)?))
}

/// What is waited for, without the call that does it.
fn thing(doing: &Doing, all: &impl Fn(&[String]) -> String) -> Option<String> {
    Some(match doing {
        Doing::Keyboard => "its keyboard".into(),
        Doing::Accept => "a new connection".into(),
        Doing::Receive { from } if from.is_empty() => "data".into(),
        Doing::Receive { from } => format!("data from {}", all(from)),
        Doing::Several { of } => {
            let things: Vec<String> = of.iter().filter_map(|one| thing(one, all)).collect();
            format!("{}, whichever comes first", listed(&things, "or"))
        }
        Doing::Send { to } if to.is_empty() => "somebody to read what it sends".into(),
        Doing::Send { to } => format!("{} to read what it was sent", all(to)),
        Doing::Connect => "its own connect()".into(),
        Doing::Lock => "a lock or another of its own threads".into(),
        Doing::Child => "a process that it has started".into(),
        Doing::Pipe => "another of its own processes".into(),
        Doing::Sleep => "time to go by".into(),
        Doing::Signal => "a signal".into(),
        Doing::Runs | Doing::Stopped | Doing::Other => return None,
    })
}

/// So many of many peers are named.
const FEW: usize = 5;

/// `alice, bob and 38 others`
fn few(names: &[String]) -> String {
    if names.len() <= FEW + 1 {
        return listed(names, "and");
    }
    let others = format!("{} others", names.len() - FEW);
    listed(&[&names[..FEW], &[others]].concat(), "and")
}

pub(super) fn unproved(unproved: &Unproved, about: &About<'_>) -> String {
    match unproved {
        Unproved::Timed { actor, ms } => {
            let how = match ms {
                Some(ms @ 0..=9_999) => format!(" (for at most {ms} ms more)"),
                Some(ms) => format!(" (for at most {} s more)", ms / 1000),
                None => String::new(),
            };
            format!(
                "It could not be known earlier: a thread of {} waits with a time limit{how} and might still have acted.",
                who(about, actor)
            )
        }
        Unproved::Busy => {
            "It could not be known earlier: the program was at work all the time.".into()
        }
        Unproved::Hidden => {
            "It could not be known earlier: this machine does not show what the program waits for."
                .into()
        }
    }
}
