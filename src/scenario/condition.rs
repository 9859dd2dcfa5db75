//! Reads what is expected of a program as a whole: its files, and what the kernel says of it.

use std::net::SocketAddr;

use crate::diagnostic::Code;

use super::content::content as content_of;
use super::findings::Findings;
use super::forms::Fields;
use super::grammar::{RESOURCES, STATES};
use super::known::{Size, size_of};
use super::model::{At, Template};
use super::step::Condition;
use super::template::{Names, template};
use super::tree::{Node, Value};
use super::values::{boolean, is_inner_file, one_or_more, only_true, plain, word};

/// Reads what stands in a chosen form of [`super::keys::CONDITIONS`], whose first key is `lead`.
pub(super) fn condition(
    lead: &'static str,
    node: &Node,
    fields: Fields<'_>,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<Condition> {
    let value = fields.get(lead)?;
    match lead {
        "file" => file(node, value, fields, names, findings),
        "sockets" => sockets(value, fields, findings),
        "listening" => {
            let address = address(value, names, findings);
            let backlog = match fields.get("backlog") {
                None => None,
                Some(_) => Some(fields.whole("backlog", findings)?),
            };
            Some(Condition::Listening {
                address: address?,
                backlog: backlog.and_then(|backlog| u32::try_from(backlog).ok()),
            })
        }
        "bound" => address(value, names, findings).map(|address| Condition::Bound { address }),
        "unread" => count(fields, "unread", findings).map(Condition::Unread),
        "datagrams" => count(fields, "datagrams", findings).map(Condition::Datagrams),
        "no_more" => {
            let of = word(value, RESOURCES, findings);
            let than_at = fields.get("than_at").and_then(|node| {
                Some(At {
                    value: plain(node, findings)?,
                    place: node.place(),
                })
            });
            let spare = match fields.get("spare") {
                None => Some(0),
                Some(_) => count(fields, "spare", findings),
            };
            Some(Condition::NoMore {
                of: of?,
                than_at: than_at?,
                spare: spare?,
            })
        }
        "idle" => only_true(value, findings).map(|()| Condition::Idle),
        _ => None,
    }
}

fn sockets(value: &Node, fields: Fields<'_>, findings: &mut Findings) -> Option<Condition> {
    if matches!(&value.value, Value::List(items) if items.is_empty()) {
        findings.error(Code::Nothing, value.place());
    }
    let states: Vec<_> = one_or_more(value)
        .iter()
        .map(|state| word(state, STATES, findings))
        .collect();
    let count = count(fields, "count", findings);
    let accepted = match fields.get("accepted") {
        None => Some(None),
        Some(node) => boolean(node, findings).map(Some),
    };
    Some(Condition::Sockets {
        states: states.into_iter().collect::<Option<_>>()?,
        accepted: accepted?,
        count: count?,
    })
}

fn count(fields: Fields<'_>, name: &'static str, findings: &mut Findings) -> Option<usize> {
    usize::try_from(fields.whole(name, findings)?).ok()
}

/// `ip:port`, as far as it is known before anything runs.
fn address(node: &Node, names: &mut dyn Names, findings: &mut Findings) -> Option<Template> {
    let address = template(node, names, findings)?;
    if let Size::Is(known) = size_of(&address, names)
        && known.parse::<SocketAddr>().is_err()
    {
        findings.error(Code::BadAddress { found: known }, node.place());
        return None;
    }
    Some(address)
}

fn file(
    node: &Node,
    name: &Node,
    fields: Fields<'_>,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<Condition> {
    let before = findings.count();
    let file = template(name, names, findings);
    if let Some(file) = &file
        && let Size::Is(known) = size_of(file, names)
        && !is_inner_file(&known)
    {
        findings.error(Code::BadFileName { name: known }, name.place());
    }
    let content = match (fields.get("equals"), fields.get("contains")) {
        (Some(content), None) => Some((content, true)),
        (None, Some(content)) => Some((content, false)),
        (None, None) => {
            let keys = vec!["equals".to_owned()];
            findings.error(Code::MissingKey { keys }, node.place());
            None
        }
        (Some(_), Some(_)) => {
            let keys = vec!["equals".to_owned(), "contains".to_owned()];
            findings.error(Code::EitherKey { keys }, node.place());
            None
        }
    };
    let (content, whole) = content?;
    let content = content_of(content, names, findings)?;
    (findings.count() == before).then_some(Condition::File {
        name: file?,
        content,
        whole,
    })
}
