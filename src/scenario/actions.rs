//! Reads what an actor does.

use crate::diagnostic::{Code, Party};
use crate::transcript::Channel;

use super::doer::{Doer, check_possible};
use super::findings::Findings;
use super::forms::{Fields, choose};
use super::grammar::{CHANNELS, ENDINGS, Form, KEYS, SIGNALS};
use super::keys::{ACTIONS, HANDSHAKE};
use super::pattern::{Caught, Expected, Wanted, pattern, wanted};
use super::payload::send;
use super::step::Action;
use super::template::Names;
use super::tree::Node;
use super::values::{boolean, map, name, only_true, word};

/// Chooses the form of an action.
pub(super) fn choose_action<'n>(
    node: &'n Node,
    forms: &'static [Form],
    findings: &mut Findings,
) -> Option<(&'static Form, Fields<'n>)> {
    let entries = map(node, findings)?;
    choose(
        entries,
        node,
        &[forms],
        |found| Code::ActionForm { found },
        findings,
    )
}

/// A step of the handshake.
pub(super) fn handshake_action(
    node: &Node,
    doer: Doer<'_>,
    names: &mut dyn Names,
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Option<Action> {
    let (form, fields) = choose_action(node, HANDSHAKE, findings)?;
    match form.lead() {
        "send" => send(fields, doer, names, findings),
        "expect" => expect(fields, None, doer, names, caught, findings),
        _ => None,
    }
}

/// What stands in a chosen form of [`ACTIONS`].
pub(super) fn action(
    form: &'static Form,
    fields: Fields<'_>,
    doer: Doer<'_>,
    names: &mut dyn Names,
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Option<Action> {
    debug_assert!(ACTIONS.iter().any(|known| std::ptr::eq(known, form)));
    let lead = form.lead();
    let value = fields.get(lead)?;
    let named = match (lead, value.text()) {
        ("close", Some(what)) => format!("close: {what}"),
        _ => lead.to_owned(),
    };
    check_possible(&named, || value.place(), doer, findings);
    match lead {
        "start" => only_true(value, findings).map(|()| Action::Start),
        "stop" => only_true(value, findings).map(|()| Action::Stop),
        "restart" => only_true(value, findings).map(|()| Action::Restart),
        "connect" => only_true(value, findings).map(|()| Action::Connect),
        "reset" => only_true(value, findings).map(|()| Action::Reset),
        "signal" => signal(value, findings).map(Action::Signal),
        "key" => word(value, KEYS, findings).map(Action::Key),
        "accept" => name(value, findings).map(Action::Accept),
        "reading" => boolean(value, findings).map(Action::Reading),
        "close" => word(value, ENDINGS, findings),
        "send" => send(fields, doer, names, findings),
        "expect" => expect(fields, fields.get("on"), doer, names, caught, findings),
        "never" => {
            let on = fields.get("on").map(|on| channel(on, doer, findings));
            let expected = expected(doer, true);
            let pattern = pattern(value, expected, names, &mut Vec::new(), findings)?;
            Some(Action::Never {
                pattern,
                on: on.flatten(),
                since: since(fields),
            })
        }
        "silent" => {
            only_true(value, findings)?;
            let on = fields.get("on").map(|on| channel(on, doer, findings));
            Some(Action::Silent {
                on: on.flatten(),
                since: since(fields),
            })
        }
        _ => None,
    }
}

fn since(fields: Fields<'_>) -> Option<String> {
    Some(fields.get("since")?.text()?.to_owned())
}

/// A signal, with or without `SIG` in front.
fn signal(node: &Node, findings: &mut Findings) -> Option<i32> {
    let known = |text: &str| {
        let bare = text.strip_prefix("SIG").unwrap_or(text);
        SIGNALS.iter().find(|(word, _)| *word == bare)
    };
    match node.text().and_then(known) {
        Some((_, signal)) => Some(*signal),
        None => word(node, SIGNALS, findings),
    }
}

fn expected(doer: Doer<'_>, never: bool) -> Expected<'_> {
    Expected::From {
        actor: doer.actor,
        party: doer.party,
        raw: doer.raw(),
        never,
    }
}

fn expect(
    fields: Fields<'_>,
    on: Option<&Node>,
    doer: Doer<'_>,
    names: &mut dyn Names,
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Option<Action> {
    let value = fields.get("expect")?;
    let expected = expected(doer, false);
    let pattern = match wanted(value, expected, names, caught, findings) {
        Some(Wanted::Condition(lead, condition)) => {
            // It is about no stream.
            for entry in fields.among(&["on", "capture"]) {
                let (key, form) = (entry.name.clone(), lead.to_owned());
                findings.error(Code::NoStream { key, form }, entry.key.place());
            }
            if doer.in_group {
                let form = lead.to_owned();
                findings.error(Code::StandsAlone { form }, value.place());
            }
            return Some(Action::Hold(condition));
        }
        Some(Wanted::Pattern(pattern)) => Some(pattern),
        None => None,
    };
    let on = on.map(|on| channel(on, doer, findings));
    let capture = fields.get("capture").and_then(|capture| {
        let text = name(capture, findings)?;
        caught.push((text.clone(), capture.place()));
        Some(text)
    });
    Some(Action::Expect {
        pattern: pattern?,
        on: on.flatten(),
        capture,
    })
}

fn channel(node: &Node, doer: Doer<'_>, findings: &mut Findings) -> Option<Channel> {
    let channel = word(node, CHANNELS, findings)?;
    let crosses = matches!(channel, Channel::ToServer | Channel::ToClient);
    let terminal = match doer.party {
        None => return Some(channel),
        Some(Party::TcpProxy | Party::UdpProxy) if crosses => return Some(channel),
        Some(is) if crosses => {
            let code = Code::WrongActor {
                action: format!("on: {}", node.text().unwrap_or_default()),
                actor: doer.actor.to_owned(),
                is,
                only: vec![Party::TcpProxy, Party::UdpProxy],
            };
            findings.error(code, node.place());
            return None;
        }
        Some(Party::TerminalProgram) => true,
        Some(Party::PipedProgram) => false,
        Some(party) => {
            let code = Code::WrongActor {
                action: "on".to_owned(),
                actor: doer.actor.to_owned(),
                is: party,
                only: vec![Party::TerminalProgram, Party::PipedProgram],
            };
            findings.error(code, node.place());
            return None;
        }
    };
    if terminal != (channel == Channel::Screen) {
        let stream = node.text().unwrap_or_default().to_owned();
        let code = Code::NoSuchStream { stream, terminal };
        findings.error(code, node.place());
        return None;
    }
    Some(channel)
}
