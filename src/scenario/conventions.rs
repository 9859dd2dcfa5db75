//! Reads conventions and variables, from the lab, the scenario, the submission and the command line.

use crate::diagnostic::{Code, Party, Place};
use crate::wire::{Encoding, Framing};

use super::actions::handshake_action;
use super::doer::Doer;
use super::findings::Findings;
use super::forms::fields;
use super::grammar::{BUILT_IN, FORMS, TRANSPORTS};
use super::keys::CONVENTIONS;
use super::model::{Argument, Conventions, Piece, Template, Transport, Value};
use super::pattern::Caught;
use super::similar::similar;
use super::template::{Checked, Names, Refused, template};
use super::tree::Node;
use super::values::{check_name, list, map, parsed, plain, word};

const DEFAULT_PORT: u16 = 10_001;

/// Where a convention stands counts the later, the nearer to the run: lab, scenario, submission, command line.
pub(super) type Layers<'n> = [&'n Node];

/// Reads conventions. The handshake may use `variables` and what [`HandshakeNames`] allows; what it catches is added
/// to `caught`.
pub(super) fn conventions(
    layers: &Layers<'_>,
    variables: &[(String, String)],
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Conventions {
    let layers: Vec<_> = layers
        .iter()
        .filter_map(|layer| fields(layer, &CONVENTIONS, findings))
        .collect();
    let last = |name| layers.iter().rev().find_map(|fields| fields.get(name));
    let encoding = last("encoding")
        .and_then(|node| parsed(node, Encoding::parse, Encoding::names(), findings));
    let mut conventions = Conventions {
        transport: last("transport")
            .and_then(|node| word(node, TRANSPORTS, findings))
            .unwrap_or_default(),
        path: last("path")
            .and_then(|node| path(node, findings))
            .unwrap_or_else(|| "/".to_owned()),
        message: last("message")
            .and_then(|node| parsed(node, Framing::parse, Framing::names(), findings))
            .unwrap_or_default(),
        encoding: encoding.unwrap_or_default(),
        form: last("form")
            .filter(|node| word(node, FORMS, findings).is_some())
            .and_then(|node| node.text())
            .unwrap_or("concurrent")
            .to_owned(),
        quit: last("quit")
            .and_then(|node| quit(node, findings))
            .unwrap_or_else(|| "q".to_owned()),
        peer: default_peer(),
        reply: default_reply(),
        port: layers
            .iter()
            .rev()
            .find_map(|fields| fields.whole("port", findings))
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(DEFAULT_PORT),
        handshake: Vec::new(),
    };
    let encoding = conventions.encoding;
    let mut only = |name, allowed| {
        let node: &Node = last(name)?;
        template(node, &mut OnlyNames { allowed, encoding }, findings)
    };
    if let Some(peer) = only("peer", &["ip", "port"]) {
        conventions.peer = peer;
    }
    if let Some(reply) = only("reply", &["text"]) {
        if is_nothing(&reply) {
            findings.error(Code::AlwaysMatches, reply.place.clone());
        }
        conventions.reply = reply;
    }
    if let Some(steps) = last("handshake").and_then(|node| list(node, findings)) {
        let mut names = HandshakeNames {
            variables,
            quit: &conventions.quit,
            encoding,
        };
        let doer = Doer {
            actor: "",
            party: Some(match conventions.transport {
                Transport::Tcp => Party::TcpClient,
                Transport::Udp => Party::UdpClient,
                Transport::WebSocket => Party::WebSocketClient,
            }),
            framing: conventions.message,
            in_group: false,
        };
        conventions.handshake = steps
            .iter()
            .filter_map(|step| handshake_action(step, doer, &mut names, caught, findings))
            .collect();
    }
    conventions
}

/// What may stand in a request line: a slash, and no blanks.
fn path(node: &Node, findings: &mut Findings) -> Option<String> {
    let path = plain(node, findings)?;
    let sound = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    if !path.starts_with('/') || !path.bytes().all(sound) {
        findings.error(Code::BadPath { path }, node.place());
        return None;
    }
    Some(path)
}

fn quit(node: &Node, findings: &mut Findings) -> Option<String> {
    let quit = plain(node, findings)?;
    if quit.is_empty() {
        findings.error(Code::Nothing, node.place());
    }
    Some(quit)
}

fn name(name: &str) -> Piece {
    Piece::Expression(super::model::Expression {
        value: Value::Name(name.to_owned()),
        functions: Vec::new(),
    })
}

fn default_peer() -> Template {
    let literal = |text: &str| Piece::Literal(text.to_owned());
    Template {
        pieces: vec![
            literal("('"),
            name("ip"),
            literal("', "),
            name("port"),
            literal(")"),
        ],
        place: Place::default(),
    }
}

/// Whether it is empty, whatever its names stand for.
fn is_nothing(template: &Template) -> bool {
    template.pieces.iter().all(|piece| match piece {
        Piece::Literal(text) => text.is_empty(),
        Piece::Expression(expression) => expression.functions.iter().any(|function| {
            matches!(
                function,
                Argument::Repeat(0) | Argument::First(0) | Argument::Last(0)
            )
        }),
    })
}

fn default_reply() -> Template {
    Template {
        pieces: vec![name("text")],
        place: Place::default(),
    }
}

impl Default for Conventions {
    /// What the language says where a lab says nothing.
    fn default() -> Self {
        conventions(&[], &[], &mut Vec::new(), &mut Findings::default())
    }
}

/// Reads variables: the values of all layers, in the order of their first appearance.
pub(super) fn variables(layers: &Layers<'_>, findings: &mut Findings) -> Vec<(String, String)> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for layer in layers {
        for entry in map(layer, findings).unwrap_or_default() {
            let sound = variable_name(&entry.name, &entry.key, findings);
            let value = plain(&entry.value, findings).unwrap_or_default();
            match variables.iter_mut().find(|(name, _)| *name == entry.name) {
                Some((_, known)) => *known = value,
                None if sound.is_some() => variables.push((entry.name.clone(), value)),
                None => {}
            }
        }
    }
    variables
}

/// Reports a name that no variable can have.
pub(super) fn variable_name(name: &str, node: &Node, findings: &mut Findings) -> Option<()> {
    check_name(name, node, findings)?;
    if name == "token" || BUILT_IN.contains(&name) {
        let name = name.to_owned();
        findings.error(Code::ReservedName { name }, node.place());
        return None;
    }
    Some(())
}

/// The code for a name that isn't known: perhaps it is known elsewhere.
pub(super) fn unknown_variable<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Code {
    if BUILT_IN.contains(&name) {
        let name = name.to_owned();
        return Code::NotHere { name };
    }
    Code::UnknownVariable {
        name: name.to_owned(),
        similar: similar(name, known),
    }
}

/// A text that may use nothing but a few names.
struct OnlyNames {
    allowed: &'static [&'static str],
    encoding: Encoding,
}

impl Names for OnlyNames {
    fn check(&mut self, value: &Value, _: &dyn Fn() -> Place) -> Checked {
        let name = match value {
            Value::Quoted(_) => return Ok(()),
            Value::Name(name) if self.allowed.contains(&name.as_str()) => return Ok(()),
            Value::Name(name) => {
                return Refused::new(unknown_variable(name, self.allowed.iter().copied()));
            }
            Value::Token(name) => format!("token.{name}"),
            Value::OfActor(actor, field) => format!("{actor}.{field}"),
        };
        Refused::new(Code::NotHere { name })
    }

    fn value(&self, _: &str) -> Option<&str> {
        None
    }

    fn encoding(&self) -> Encoding {
        self.encoding
    }
}

/// What the handshake may use: everything that doesn't depend on the scenario's steps.
struct HandshakeNames<'a> {
    variables: &'a [(String, String)],
    quit: &'a str,
    encoding: Encoding,
}

impl Names for HandshakeNames<'_> {
    fn check(&mut self, value: &Value, _: &dyn Fn() -> Place) -> Checked {
        const KNOWN: &[&str] = &["ip", "port", "quit", "form", "actor", "index"];
        match value {
            Value::Quoted(_) | Value::Token(_) => Ok(()),
            Value::OfActor(actor, field) => {
                let name = format!("{actor}.{field}");
                Refused::new(Code::NotHere { name })
            }
            Value::Name(name) => {
                let variables = self.variables.iter().map(|(name, _)| name.as_str());
                let mut known = variables.chain(KNOWN.iter().copied());
                if known.clone().any(|known| known == name) {
                    return Ok(());
                }
                Refused::new(unknown_variable(name, &mut known))
            }
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        if name == "quit" {
            return Some(self.quit);
        }
        let known = self.variables.iter().find(|(known, _)| known == name);
        known.map(|(_, value)| value.as_str())
    }

    fn encoding(&self) -> Encoding {
        self.encoding
    }
}
