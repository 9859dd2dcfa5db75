//! Reads what an actor does.

use crate::diagnostic::{Code, Party, Place, Shape};
use crate::transcript::Channel;
use crate::wire::{Cut, Framing, LONGEST_CONTROL};

use super::findings::Findings;
use super::forms::{Chosen, Fields, choose};
use super::grammar::{CHANNELS, ENDINGS, Form, KEYS, SIGNALS};
use super::keys::{ACTIONS, CUTS, HANDSHAKE, OFFSET, PAYLOADS};
use super::known::{Size, size_of};
use super::pattern::{Caught, Expected, Wanted, pattern, wanted};
use super::step::{Action, Payload};
use super::template::{Names, template};
use super::tree::{Entry, Node, Value};
use super::values::{
    boolean, close_code, hex, list, map, name, only_true, unknown_word, whole, word, wrong_shape,
};

/// Who does it.
#[derive(Clone, Copy)]
pub(super) struct Doer<'a> {
    pub(super) actor: &'a str,
    /// `None`: not known, since its name is wrong; then everything is possible.
    pub(super) party: Option<Party>,
    /// How messages are told apart on a connection.
    pub(super) framing: Framing,
    /// In a group of steps.
    pub(super) in_group: bool,
}

impl Doer<'_> {
    fn is_program(self) -> bool {
        matches!(
            self.party,
            Some(Party::TerminalProgram | Party::PipedProgram)
        )
    }

    fn is_stream(self) -> bool {
        matches!(
            self.party,
            Some(Party::TcpClient | Party::TcpLink | Party::TcpProxy)
        )
    }

    /// Whether each message of his is told apart by WebSocket.
    fn has_frames(self) -> bool {
        matches!(
            self.party,
            Some(Party::WebSocketClient | Party::WebSocketLink)
        )
    }

    fn raw(self) -> bool {
        self.is_program() || (self.is_stream() && self.framing == Framing::Raw)
    }
}

/// Who may do what. An action that isn't here is for all.
fn only(action: &str) -> Option<&'static [Party]> {
    use Party::{
        PipedProgram, TcpClient, TcpLink, TcpProxy, TcpServer, TerminalProgram, UdpClient,
        UdpProxy, UdpServer, WebSocketClient, WebSocketLink, WebSocketServer,
    };
    Some(match action {
        "start" | "stop" | "restart" | "signal" => &[TerminalProgram, PipedProgram],
        "key" => &[TerminalProgram],
        "connect" => &[TcpClient, UdpClient, WebSocketClient],
        "accept" => &[TcpServer, WebSocketServer],
        // A listening socket has no stream of its own.
        "send" => &[
            TerminalProgram,
            PipedProgram,
            TcpClient,
            UdpClient,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketLink,
        ],
        "cut" | "close: write" => &[TcpClient, TcpLink, WebSocketClient, WebSocketLink],
        "reset" => &[TcpClient, TcpLink, TcpProxy, WebSocketClient, WebSocketLink],
        "fragments" | "binary" | "ping" | "pong" | "close_frame" => {
            &[WebSocketClient, WebSocketLink]
        }
        "reading" => &[
            TcpClient,
            UdpClient,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketLink,
        ],
        "close: true" => &[
            TcpClient,
            UdpClient,
            TcpServer,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketServer,
            WebSocketLink,
        ],
        "expect" | "never" | "silent" => &[
            TerminalProgram,
            PipedProgram,
            TcpClient,
            UdpClient,
            UdpServer,
            TcpLink,
            WebSocketClient,
            WebSocketLink,
            TcpProxy,
            UdpProxy,
        ],
        "close: stdin" => &[TerminalProgram, PipedProgram],
        _ => return None,
    })
}

/// Whether somebody can do an action; `close` with its value.
fn check_possible(
    action: &str,
    place: impl FnOnce() -> Place,
    doer: Doer<'_>,
    findings: &mut Findings,
) {
    if let (Some(only), Some(is)) = (only(action), doer.party)
        && !only.contains(&is)
    {
        let code = Code::WrongActor {
            action: action.to_owned(),
            actor: doer.actor.to_owned(),
            is,
            only: only.to_vec(),
        };
        findings.error(code, place());
    }
}

/// Chooses the form of an action.
pub(super) fn choose_action<'n>(
    node: &'n Node,
    forms: &'static [Form],
    findings: &mut Findings,
) -> Option<(&'static Form, Fields<'n>)> {
    let entries = map(node, findings)?;
    match choose(entries, node, &[forms], findings) {
        Chosen::Form(form, fields) => Some((form, fields)),
        Chosen::Leads(leads) => {
            let known = |entry: &Entry| forms.iter().any(|form| form.key(&entry.name).is_some());
            // A key that doesn't exist was reported already: it was probably meant to be the action.
            if !leads.is_empty() || entries.iter().all(known) {
                let found = leads.iter().map(|entry| entry.name.clone()).collect();
                findings.error(Code::ActionForm { found }, node.place());
            }
            None
        }
    }
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

fn send(
    fields: Fields<'_>,
    doer: Doer<'_>,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<Action> {
    let value = fields.get("send")?;
    let mut length = Some(0);
    let payload = match &value.value {
        Value::Text { .. } => message(value, doer, &mut length, names, findings)
            .map(|message| Payload::Messages(vec![message])),
        Value::List(items) => {
            if items.is_empty() {
                findings.error(Code::Nothing, value.place());
            }
            let messages: Vec<_> = items
                .iter()
                .map(|item| message(item, doer, &mut length, names, findings))
                .collect();
            let messages = messages.into_iter().collect::<Option<_>>();
            messages.map(Payload::Messages)
        }
        Value::Map(_) => {
            let (payload, known) = special(value, doer, names, findings)?;
            length = known;
            Some(payload)
        }
        Value::Nothing => {
            wrong_shape(value, &[Shape::Text, Shape::List, Shape::Map], findings);
            None
        }
    };
    // A frame is longer than what is in it.
    let written = length.filter(|_| !doer.has_frames());
    let cut_at = match fields.get("cut") {
        None => Some(Cut::Whole),
        Some(node) => {
            check_possible("cut", || node.place(), doer, findings);
            cut(node, written, findings)
        }
    };
    let fragments = match fields.get("fragments") {
        None => Some(Cut::Whole),
        Some(node) => {
            check_possible("fragments", || node.place(), doer, findings);
            if let Value::Map(entries) = &value.value
                && let Some(entry) = entries.first().filter(|entry| entry.name != "binary")
            {
                let code = Code::NotWithAction {
                    key: "fragments".to_owned(),
                    action: entry.name.clone(),
                    with: vec!["send: TEXT".to_owned(), "binary".to_owned()],
                };
                findings.error(code, node.place());
            }
            let one = !matches!(value.value, Value::List(_));
            cut(node, length.filter(|_| one), findings)
        }
    };
    Some(Action::Send {
        payload: payload?,
        cut: cut_at?,
        fragments: fragments?,
    })
}

/// What is sent that is no text, and how many bytes that are, if that is known.
fn special(
    node: &Node,
    doer: Doer<'_>,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<(Payload, Option<u64>)> {
    let entries = map(node, findings)?;
    let (form, fields) = match choose(entries, node, &[PAYLOADS], findings) {
        Chosen::Form(form, fields) => (form, fields),
        Chosen::Leads(leads) => {
            if entries.is_empty() {
                findings.error(Code::Nothing, node.place());
            } else if !leads.is_empty() {
                let found = leads.iter().map(|entry| entry.name.clone()).collect();
                findings.error(Code::ActionForm { found }, node.place());
            }
            return None;
        }
    };
    let lead = form.lead();
    let value = fields.get(lead)?;
    // Who can't send at all has been told so.
    let sends = |party| only("send").is_none_or(|only| only.contains(&party));
    if doer.party.is_none_or(sends) {
        check_possible(lead, || value.place(), doer, findings);
    }
    match lead {
        "bytes" | "binary" => {
            let bytes = hex(value, findings)?;
            let length = Some(bytes.len() as u64);
            Some(match lead {
                "bytes" => (Payload::Bytes(bytes), length),
                _ => (Payload::Binary(bytes), length),
            })
        }
        "close_frame" => close_code(value, findings).map(|code| (Payload::CloseFrame(code), None)),
        _ => {
            let text = template(value, names, findings)?;
            let limit = LONGEST_CONTROL as u64;
            let bytes = size_of(&text, names).bytes(names.encoding());
            if bytes > limit {
                findings.error(Code::ControlTooLong { bytes, limit }, value.place());
            }
            Some(match lead {
                "ping" => (Payload::Ping(text), None),
                _ => (Payload::Pong(text), None),
            })
        }
    }
}

/// One message; its bytes on the wire are added to `length`, which becomes `None` if they aren't known.
fn message(
    node: &Node,
    doer: Doer<'_>,
    length: &mut Option<u64>,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<super::model::Template> {
    let message = template(node, names, findings)?;
    let size = size_of(&message, names);
    let bytes = size.bytes(names.encoding());
    let front = match doer.framing {
        _ if !doer.is_stream() => 0,
        framing => {
            if let Some(limit) = framing.longest_payload().filter(|limit| bytes > *limit) {
                findings.error(Code::MessageTooLong { bytes, limit }, node.place());
            }
            framing.frame(&[]).len() as u64
        }
    };
    *length = match (&size, *length) {
        (Size::Is(_), Some(before)) => Some(before + bytes + front),
        _ => None,
    };
    Some(message)
}

fn cut(node: &Node, length: Option<u64>, findings: &mut Findings) -> Option<Cut> {
    let entries = match &node.value {
        Value::Text { text, .. } if text == "bytes" => return Some(Cut::Bytes),
        Value::Text { text, .. } => {
            unknown_word(node, text, ["bytes"].into_iter(), findings);
            return None;
        }
        Value::Map(entries) => entries,
        Value::Nothing | Value::List(_) => {
            wrong_shape(node, &[Shape::Text, Shape::Map], findings);
            return None;
        }
    };
    let (form, fields) = match choose(entries, node, &[CUTS], findings) {
        Chosen::Form(form, fields) => (form, fields),
        Chosen::Leads(leads) => {
            if entries.is_empty() {
                findings.error(Code::Nothing, node.place());
            } else if !leads.is_empty() {
                let found = leads.iter().map(|entry| entry.name.clone()).collect();
                findings.error(Code::PatternForm { found }, node.place());
            }
            return None;
        }
    };
    if form.lead() == "every" {
        let every = fields.whole("every", findings)?;
        return usize::try_from(every).ok().map(Cut::Every);
    }
    let value = fields.get("at")?;
    let items = list(value, findings)?;
    if items.is_empty() {
        findings.error(Code::Nothing, value.place());
    }
    let mut offsets: Vec<usize> = Vec::new();
    for item in items {
        let offset = whole(item, &OFFSET, findings)?;
        let rising = offsets.last().is_none_or(|last| offset > *last as u64);
        let inside = length.is_none_or(|length| offset < length);
        if !rising || !inside {
            findings.error(Code::BadCut { offset, length }, item.place());
        }
        offsets.push(usize::try_from(offset).ok()?);
    }
    Some(Cut::At(offsets))
}
