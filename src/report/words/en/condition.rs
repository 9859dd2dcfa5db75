//! What was expected of a program as a whole, and what the kernel said instead.

use crate::observe::{Resource, TcpState};
use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{NAMED, QUOTED, tcp_state};
use crate::verdict::{Actual, Expected, ListenerSeen, SocketSeen};

use super::phrases::{bytes, listed, other, plural};
use super::standing::lies;

/// What the program must do or have: `hold no TCP socket in CLOSE_WAIT`. `None`: the expectation is no condition.
pub(super) fn duty(expected: &Expected) -> Option<String> {
    Some(match expected {
        Expected::Sockets {
            states,
            accepted,
            count,
        } => format!("hold {}", sockets(states, *accepted, *count)),
        Expected::ListensAt { address, backlog } => {
            let backlog = backlog.map_or(String::new(), |backlog| {
                let verb = if backlog == 1 {
                    "connection"
                } else {
                    "connections"
                };
                format!(", where {backlog} {verb} or more may wait to be accepted")
            });
            format!("listen at {}{backlog}", shown(address))
        }
        Expected::BoundTo { address } => format!("bind its UDP socket to {}", shown(address)),
        Expected::AllRead { but: 0 } => "read all that has come for it".to_owned(),
        Expected::AllRead { but } => {
            format!(
                "leave no more than {} of what has come for it unread",
                bytes(*but)
            )
        }
        Expected::Datagrams { count: 0 } => "leave no datagram unread".to_owned(),
        Expected::Datagrams { count } => {
            format!(
                "have {} waiting unread in its socket",
                plural(*count, "datagram")
            )
        }
        Expected::NoMore {
            of,
            step,
            then,
            spare,
        } => {
            let spare = match spare {
                0 => String::new(),
                spare => format!(", and {spare} more are let pass"),
            };
            format!(
                "have no more {} than after step {step} ({then} then{spare})",
                resource(*of)
            )
        }
        Expected::Idle => "wait without using processor time".to_owned(),
        _ => return None,
    })
}

/// The same as a thing: `no TCP socket in CLOSE_WAIT`.
pub(super) fn state(expected: &Expected) -> Option<String> {
    Some(match expected {
        Expected::Sockets {
            states,
            accepted,
            count,
        } => sockets(states, *accepted, *count),
        Expected::ListensAt { address, .. } => {
            format!("a socket that listens at {}", shown(address))
        }
        Expected::BoundTo { address } => format!("a UDP socket at {}", shown(address)),
        Expected::AllRead { but: 0 } => "nothing unread".to_owned(),
        Expected::AllRead { but } => format!("{} unread at most", bytes(*but)),
        Expected::Datagrams { count: 0 } => "no unread datagram".to_owned(),
        Expected::Datagrams { count } => plural(*count, "unread datagram"),
        Expected::NoMore {
            of, then, spare, ..
        } => format!("{} {} at most", then + spare, resource(*of)),
        Expected::Idle => "no processor time".to_owned(),
        _ => return None,
    })
}

/// What there was instead, and what to do about it. `None`: this is nothing that the kernel said.
pub(super) fn instead(about: &About<'_>) -> Option<String> {
    Some(match &about.failure.actual {
        Actual::Sockets(seen) => held(about, seen),
        Actual::ListensAt(seen) if seen.is_empty() => "But it listens nowhere.".to_owned(),
        Actual::ListensAt(seen) => listens(about, seen),
        Actual::BoundTo(seen) if seen.is_empty() => "But it has bound no UDP socket.".to_owned(),
        Actual::BoundTo(seen) => {
            let all: Vec<String> = seen.iter().map(|address| shown(address)).collect();
            format!("But it is bound to {}.", listed(&all, "and"))
        }
        Actual::Unread(count) => {
            let lie = if *count == 1 { "lies" } else { "lie" };
            format!(
                "But {} {lie} unread: call recv() for what a client sends, also while another one is served.",
                bytes(*count)
            )
        }
        Actual::Datagrams(unread) if unread.is_empty() => "But none lies unread.".to_owned(),
        Actual::Datagrams(unread) => {
            format!("But {} unread.", lies(unread, &|name| shown(name)))
        }
        Actual::Has(count) => has(about, *count),
        Actual::Used {
            processor_ms,
            within_ms,
        } => format!(
            "But it used {processor_ms} ms of processor time within {within_ms} ms, while nobody sent anything. \
             Look for a loop that goes on after recv() has returned b'' (or 0), or that asks again without waiting."
        ),
        _ => return None,
    })
}

fn sockets(states: &[TcpState], accepted: Option<bool>, count: usize) -> String {
    let states: Vec<String> = states
        .iter()
        .map(|state| tcp_state(*state).to_owned())
        .collect();
    let number = match count {
        0 => "no TCP socket".to_owned(),
        count => plural(count, "TCP socket"),
    };
    let accepted = match accepted {
        None => "",
        Some(true) => " that it has accepted",
        Some(false) => " that it has not accepted yet",
    };
    format!("{number} in {}{accepted}", listed(&states, "or"))
}

fn held(about: &About<'_>, seen: &[SocketSeen]) -> String {
    let whom: Vec<&str> = seen
        .iter()
        .filter_map(|socket| socket.with.as_deref())
        .collect();
    let half_closed = seen
        .iter()
        .all(|socket| socket.state == TcpState::CloseWait);
    let are = if seen.len() == 1 { "is" } else { "are" };
    match seen {
        [] if wants_unaccepted(about) => "But no connection waits to be accepted: accept() was called for all that came. Who serves one client \
             after another calls it again only when the one before has gone."
            .to_owned(),
        [] => "But it holds none.".to_owned(),
        seen if half_closed && seen.iter().all(|socket| !socket.accepted) => format!(
            "But {} {are} not even accepted, while the other side ({}) has gone. Call accept() again and again.",
            plural(seen.len(), "connection"),
            names(&whom)
        ),
        seen if half_closed => format!(
            "But {} {are} still half closed: {} closed, and {} has never closed its own end. Call close() on a \
             connection when recv() returns b'' (or 0).",
            plural(seen.len(), "connection"),
            names(&whom),
            other(about)
        ),
        seen => {
            let all: Vec<String> = seen.iter().take(NAMED).map(socket).collect();
            let more = match seen.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!("But it holds {}: {}{more}.", seen.len(), all.join(", "))
        }
    }
}

fn wants_unaccepted(about: &About<'_>) -> bool {
    matches!(
        &about.failure.expected,
        Expected::Sockets {
            accepted: Some(false),
            ..
        }
    )
}

fn socket(socket: &SocketSeen) -> String {
    match &socket.with {
        Some(with) => format!("{} with {}", tcp_state(socket.state), shown(with)),
        None => tcp_state(socket.state).to_owned(),
    }
}

fn names(whom: &[&str]) -> String {
    let mut all: Vec<String> = whom.iter().take(NAMED).map(|name| shown(name)).collect();
    if whom.len() > NAMED {
        all.push(format!("{} others", whom.len() - NAMED));
    }
    match all.is_empty() {
        true => "the other side".to_owned(),
        false => listed(&all, "and"),
    }
}

fn listens(about: &About<'_>, seen: &[ListenerSeen]) -> String {
    let wants_backlog = matches!(
        &about.failure.expected,
        Expected::ListensAt {
            backlog: Some(_),
            ..
        }
    );
    let all: Vec<String> = seen
        .iter()
        .map(|it| match wants_backlog {
            true => format!("{} with a backlog of {}", shown(&it.address), it.backlog),
            false => shown(&it.address),
        })
        .collect();
    let remedy = match wants_backlog {
        true => "bind() takes the address, listen() the backlog.",
        false => "bind() takes the address.",
    };
    format!("But it listens at {}. {remedy}", listed(&all, "and"))
}

fn has(about: &About<'_>, count: usize) -> String {
    let Expected::NoMore { of, then, .. } = &about.failure.expected else {
        return format!("But it has {count}.");
    };
    let remedy = match of {
        Resource::Threads => {
            "End the thread of a client with its connection: leave its loop when recv() returns b'' (or 0)."
        }
        Resource::Descriptors => {
            "Close each connection when its client has gone: conn.close(), also after an error."
        }
    };
    format!(
        "But it has {count} {}, {} more than then. {remedy}",
        resource(*of),
        count.saturating_sub(*then)
    )
}

fn resource(of: Resource) -> &'static str {
    match of {
        Resource::Threads => "threads",
        Resource::Descriptors => "open descriptors",
    }
}

fn shown(text: &str) -> String {
    visible::clipped(text.as_bytes(), QUOTED)
}
