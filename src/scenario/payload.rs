//! Reads what is sent, and how it is cut on the wire.

use crate::diagnostic::{Code, Shape};
use crate::wire::{Cut, LONGEST_CONTROL};

use super::doer::{Doer, check_possible, only};
use super::findings::Findings;
use super::forms::{Fields, choose};
use super::keys::{CUTS, OFFSET, PAYLOADS};
use super::known::{Size, size_of};
use super::model::Template;
use super::step::{Action, Payload};
use super::template::{Names, template};
use super::tree::{Node, Value};
use super::values::{close_code, hex, list, map, unknown_word, whole, wrong_shape};

pub(super) fn send(
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
    let wrong = |found: Vec<String>| match found.is_empty() {
        true => Code::Nothing,
        false => Code::ActionForm { found },
    };
    let (form, fields) = choose(entries, node, &[PAYLOADS], wrong, findings)?;
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
) -> Option<Template> {
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
    let wrong = |keys: Vec<String>| match keys.is_empty() {
        true => Code::Nothing,
        false => Code::EitherKey { keys },
    };
    let (form, fields) = choose(entries, node, &[CUTS], wrong, findings)?;
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
