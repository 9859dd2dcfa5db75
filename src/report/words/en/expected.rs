//! What was expected of whom.

use crate::report::about::About;
use crate::report::visible;
use crate::report::words::{NAMED, QUOTED, is_content, is_printed, signal};
use crate::transcript::Channel;
use crate::verdict::Expected;

use super::phrases::{bytes, listed, other, place, quote, seconds, status, who};
use super::{condition, http, websocket};

/// `bob must receive …`, `the server's terminal must never show …`.
pub(super) fn gets(about: &About<'_>, never: bool, object: &str) -> String {
    let subject = &about.failure.subject;
    let who = who(about, &subject.actor);
    let never = if never { "never " } else { "" };
    match (subject.program, subject.channel) {
        (_, Channel::Screen) => format!("{who}'s terminal must {never}show {object}"),
        (_, Channel::Stdout) => format!("{who} must {never}print {object}"),
        (_, Channel::Stderr) => format!("{who} must {never}print on its error output {object}"),
        (_, Channel::Wire) => format!("{who} must {never}receive {object}"),
        (_, Channel::ToServer) => {
            format!("{object} must {never}cross {who} on its way to the server")
        }
        (_, Channel::ToClient) => {
            format!("{object} must {never}cross {who} on its way to the client")
        }
    }
}

pub(super) fn expectation(about: &About<'_>, expected: &Expected, never: bool) -> String {
    let actor = about.actor();
    let who = who(about, actor);
    let must = if never { "must not" } else { "must" };
    match expected {
        Expected::Exactly(data) if !never => {
            let said = gets(about, false, &quote(data));
            format!("{said} and nothing before it")
        }
        content if is_content(content) => gets(about, never, &object(content)),
        Expected::AnyOf(all) | Expected::AllOf(all) => {
            let any = matches!(expected, Expected::AnyOf(_));
            let clauses: Vec<String> = all
                .iter()
                .take(NAMED)
                .map(|one| expectation(about, one, never))
                .collect();
            listed(&clauses, if any { "or" } else { "and" })
        }
        Expected::Text(_)
        | Expected::Exactly(_)
        | Expected::Regex(_)
        | Expected::Message { .. }
        | Expected::AtLeast { .. } => gets(about, never, &object(expected)),
        Expected::Not(inner) => {
            let said = expectation(about, inner, !never);
            if about.own_message() && is_content(inner) {
                format!("{said}, {who}'s own message")
            } else {
                said
            }
        }
        Expected::Silence => match about.failure.subject.channel {
            Channel::Screen => format!("{who}'s terminal must show nothing"),
            Channel::Stdout | Channel::Stderr => format!("{who} must print nothing"),
            Channel::Wire => format!("{who} must receive nothing at all"),
            Channel::ToServer => {
                format!("nothing at all may cross {who} on its way to the server")
            }
            Channel::ToClient => {
                format!("nothing at all may cross {who} on its way to the client")
            }
        },
        Expected::Closed { reset } => {
            if is_printed(about.failure.subject.channel) {
                return format!(
                    "{} {must} end",
                    place(about, actor, about.failure.subject.channel)
                );
            }
            let verb = if *reset { "reset" } else { "close" };
            match about.failure.subject.channel {
                Channel::ToServer => {
                    return format!("the client {must} {verb} its connection across {who}");
                }
                Channel::ToClient => {
                    return format!("the server {must} {verb} its connection across {who}");
                }
                _ => {}
            }
            format!("{} {must} {verb} the connection with {who}", other(about))
        }
        Expected::Exit(None) => format!("{who} {must} end"),
        Expected::Exit(Some(end)) => format!("{who} {must} end {}", status(*end)),
        Expected::File {
            name,
            content,
            whole,
        } => {
            let name = visible::clipped(name.as_bytes(), QUOTED);
            let verb = if *whole { "holds just" } else { "contains" };
            format!(
                "{who} {must} write a file {name} that {verb} {}",
                quote(content)
            )
        }
        Expected::Listening => format!("{who} {must} start and listen for connections"),
        Expected::Bound => format!("{who} {must} start and bind its UDP port"),
        Expected::Connected => format!("{who} {must} start and connect"),
        Expected::Prompt(inner) => {
            format!("{who} {must} start and ask for {}", object(inner))
        }
        Expected::ProgramFile { role, find } => {
            let names: Vec<String> = find
                .iter()
                .take(NAMED)
                .map(|name| visible::clipped(name.as_bytes(), QUOTED))
                .collect();
            format!(
                "the submission {must} hold a program for {role}: {}",
                listed(&names, "or")
            )
        }
        Expected::Build => format!("{who} {must} compile"),
        Expected::Connection { to } => {
            format!(
                "{who} {must} be able to connect to {} at {to}",
                other(about)
            )
        }
        Expected::Accept => match about.address(actor) {
            Some(address) => format!("{} {must} connect to {actor} at {address}", other(about)),
            None => format!("{} {must} connect to {actor}", other(about)),
        },
        Expected::Handshake { asks: true } => {
            format!("{} {must} ask {who} for a WebSocket", other(about))
        }
        Expected::Handshake { asks: false } => format!(
            "{} {must} answer {who}'s request for a WebSocket",
            other(about)
        ),
        Expected::Response(response) => http::expectation(response, &other(about), &who, never),
        Expected::Frames => format!("{} {must} send frames of WebSocket", other(about)),
        Expected::Taken { bytes: count } => {
            if about.failure.subject.program {
                format!("{who} {must} read the {} typed for it", bytes(*count))
            } else {
                format!(
                    "{} {must} read the {} that {who} sends",
                    other(about),
                    bytes(*count)
                )
            }
        }
        Expected::Stopped => format!("{who} {must} end when it is stopped"),
        Expected::Signalled(number) => {
            format!(
                "{who} {must} still be running, to be sent {}",
                signal(*number)
            )
        }
        Expected::InTime { limit_ms } => format!(
            "all steps together {must} take the programs at most {} of their own time",
            seconds(*limit_ms)
        ),
        Expected::Sockets { .. }
        | Expected::ListensAt { .. }
        | Expected::BoundTo { .. }
        | Expected::AllRead { .. }
        | Expected::Datagrams { .. }
        | Expected::NoMore { .. }
        | Expected::Idle => {
            let duty = condition::duty(expected).unwrap_or_default();
            format!("{who} {must} {duty}")
        }
    }
}

pub(super) fn target(expected: &Expected) -> String {
    match expected {
        content if is_content(content) => object(content),
        Expected::Text(_)
        | Expected::Exactly(_)
        | Expected::Regex(_)
        | Expected::Message { .. }
        | Expected::AtLeast { .. }
        | Expected::AnyOf(_)
        | Expected::AllOf(_) => "one of several things".to_owned(),
        Expected::Not(inner) => format!("not {}", target(inner)),
        Expected::Silence => "nothing".to_owned(),
        Expected::Closed { reset: false } => "the end of the connection".to_owned(),
        Expected::Closed { reset: true } => "a reset of the connection".to_owned(),
        Expected::Exit(None) => "the end of the program".to_owned(),
        Expected::Exit(Some(end)) => format!("the end of the program {}", status(*end)),
        Expected::File { content, .. } => quote(content),
        Expected::Listening => "a listening socket".to_owned(),
        Expected::Bound => "a bound socket".to_owned(),
        Expected::Connected | Expected::Connection { .. } | Expected::Accept => {
            "a connection".to_owned()
        }
        Expected::Prompt(inner) => object(inner),
        Expected::ProgramFile { .. } => "a file with the program".to_owned(),
        Expected::Build => "a program that compiles".to_owned(),
        Expected::Handshake { .. } => "the handshake of WebSocket".to_owned(),
        Expected::Response(response) => http::target(response),
        Expected::Frames => "frames of WebSocket".to_owned(),
        Expected::Taken { bytes: count } => bytes(*count),
        Expected::Stopped => "the end of the program".to_owned(),
        Expected::Signalled(_) => "a program that runs".to_owned(),
        Expected::InTime { .. } => "the end of the scenario".to_owned(),
        Expected::Sockets { .. }
        | Expected::ListensAt { .. }
        | Expected::BoundTo { .. }
        | Expected::AllRead { .. }
        | Expected::Datagrams { .. }
        | Expected::NoMore { .. }
        | Expected::Idle => condition::state(expected).unwrap_or_default(),
    }
}

/// What a content is called as an object.
fn object(expected: &Expected) -> String {
    let all = |all: &[Expected], joint: &str| {
        let mut items: Vec<String> = all.iter().take(NAMED).map(object).collect();
        if all.len() > NAMED {
            items.push(format!("{} more", all.len() - NAMED));
        }
        listed(&items, joint)
    };
    match expected {
        Expected::Text(data) => quote(data),
        Expected::Exactly(data) => format!("exactly {}", quote(data)),
        Expected::Message { kind, data } => websocket::wanted(*kind, data),
        Expected::Regex(expression) => format!("something that matches {}", regex(expression)),
        Expected::AtLeast { bytes: count } => format!("{} or more", bytes(*count)),
        Expected::AnyOf(items) => all(items, "or"),
        Expected::AllOf(items) => format!("{}, in any order", all(items, "and")),
        other => target(other),
    }
}

fn regex(expression: &str) -> String {
    format!("/{}/", visible::clipped(expression.as_bytes(), QUOTED))
}
