//! Reads what a proxy does wrong.

use crate::diagnostic::{Code, Shape};
use crate::transcript::Channel;
use crate::wire::{Fault, Which};

use super::findings::Findings;
use super::forms::{Fields, choose};
use super::grammar::{DIRECTIONS, Form};
use super::keys::{FAULTS, PIECE, WHICHES};
use super::model::Transport;
use super::tree::{Node, Value};
use super::values::{decimal, duration, list, map, whole, word, wrong_shape};

/// The faults of a proxy: those of what goes to the server, and of what goes to the client.
pub(super) fn faults(
    node: &Node,
    transport: Transport,
    findings: &mut Findings,
) -> (Vec<Fault>, Vec<Fault>) {
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    let items = list(node, findings).unwrap_or_default();
    if items.is_empty() && matches!(node.value, Value::List(_)) {
        findings.error(Code::Nothing, node.place());
    }
    for item in items {
        let Some((form, fields)) = fault_form(item, findings) else {
            continue;
        };
        let way = fields.get("way");
        let way = way.map(|node| word(node, DIRECTIONS, findings));
        check_possible(form.lead(), item, transport, findings);
        let Some(fault) = fault(form, fields, findings) else {
            continue;
        };
        if way != Some(Some(Channel::ToClient)) {
            to_server.push(fault.clone());
        }
        if way != Some(Some(Channel::ToServer)) {
            to_client.push(fault);
        }
    }
    (to_server, to_client)
}

fn fault_form<'n>(node: &'n Node, findings: &mut Findings) -> Option<(&'static Form, Fields<'n>)> {
    let entries = map(node, findings)?;
    choose(
        entries,
        node,
        &[FAULTS],
        |found| Code::FaultForm { found },
        findings,
    )
}

/// Reports a fault that only lines of the other transport have.
fn check_possible(fault: &str, item: &Node, transport: Transport, findings: &mut Findings) {
    let tcp = transport == Transport::Tcp;
    let possible = match fault {
        "drop" | "duplicate" | "reorder" => !tcp,
        "split" | "coalesce" | "half_close" | "reset" => tcp,
        _ => true,
    };
    if !possible {
        let fault = fault.to_owned();
        findings.error(Code::NotOnThisLine { fault, tcp }, item.place());
    }
}

fn fault(form: &'static Form, fields: Fields<'_>, findings: &mut Findings) -> Option<Fault> {
    let lead = form.lead();
    let value = fields.get(lead)?;
    let number = |findings: &mut Findings| fields.whole(lead, findings);
    Some(match lead {
        "drop" => Fault::Drop(which(value, findings)?),
        "duplicate" => Fault::Duplicate(which(value, findings)?),
        "reorder" => Fault::Reorder(which(value, findings)?),
        "delay" => {
            let by = fields.get("by").map(|by| duration(by, findings));
            let which = which(value, findings)?;
            Fault::Delay(which, by.flatten())
        }
        "split" => Fault::Split(usize::try_from(number(findings)?).ok()?),
        "coalesce" => Fault::Coalesce(number(findings)?),
        "throttle" => Fault::Throttle(number(findings)?),
        "half_close" => Fault::HalfClose(number(findings)?),
        _ => Fault::Reset(number(findings)?),
    })
}

fn which(node: &Node, findings: &mut Findings) -> Option<Which> {
    match &node.value {
        Value::Text { .. } => Some(Which::Nth(vec![whole(node, &PIECE, findings)?])),
        Value::List(items) => {
            if items.is_empty() {
                findings.error(Code::Nothing, node.place());
            }
            let numbers: Vec<Option<u64>> = items
                .iter()
                .map(|item| whole(item, &PIECE, findings))
                .collect();
            numbers.into_iter().collect::<Option<_>>().map(Which::Nth)
        }
        Value::Map(entries) => {
            let wrong = |keys: Vec<String>| match keys.is_empty() {
                true => Code::Nothing,
                false => Code::EitherKey { keys },
            };
            let (form, fields) = choose(entries, node, &[WHICHES], wrong, findings)?;
            if form.lead() == "every" {
                return fields.whole("every", findings).map(Which::Every);
            }
            let kind = &form.key("chance")?.kind;
            decimal(fields.get("chance")?, kind, findings).map(Which::Chance)
        }
        Value::Nothing => {
            wrong_shape(node, &[Shape::Text, Shape::List, Shape::Map], findings);
            None
        }
    }
}
