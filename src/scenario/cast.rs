//! Reads the cast.

use crate::diagnostic::{Code, Party, Place};

use super::conventions::variable_name;
use super::faults::faults;
use super::findings::Findings;
use super::forms::{Fields, choose, fields};
use super::grammar::{Form, TRANSPORTS, reserved};
use super::keys::{CAST, CROWD};
use super::model::{At, CastMember, Connects, Proxy, Template, Transport};
use super::roles::ReadRole;
use super::similar::similar;
use super::template::{Names, template};
use super::tree::{Entry, Node};
use super::values::{boolean, check_name, map, text, word};

/// Who takes part, as far as other places must know it.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) name: String,
    /// `None`: what it is was wrong; then everything is possible.
    pub(super) party: Option<Party>,
    pub(super) crowd: bool,
    /// Where it was named.
    pub(super) place: Place,
}

/// A cast member that has one of the forms.
struct Seen<'n> {
    entry: &'n Entry,
    form: &'static Form,
    fields: Fields<'n>,
}

/// The actors of a cast by name and kind, and what is needed to read the rest.
pub(super) struct Cast<'n> {
    pub(super) actors: Vec<Actor>,
    seen: Vec<Seen<'n>>,
}

/// Reads who there is. An actor whose role is wrong counts as a program in a terminal.
pub(super) fn actors<'n>(
    node: &'n Node,
    roles: &[ReadRole],
    default: Transport,
    findings: &mut Findings,
) -> Cast<'n> {
    let mut actors = Vec::new();
    let mut seen = Vec::new();
    let entries = map(node, findings).unwrap_or_default();
    if entries.is_empty() && matches!(node.value, super::tree::Value::Map(_)) {
        findings.error(Code::Nothing, node.place());
    }
    for entry in entries {
        if check_name(&entry.name, &entry.key, findings).is_some() && reserved(&entry.name) {
            let name = entry.name.clone();
            findings.error(Code::ReservedName { name }, entry.key.place());
        }
        let Some((form, fields)) = member_form(&entry.value, findings) else {
            actors.push(Actor {
                name: entry.name.clone(),
                party: None,
                crowd: false,
                place: entry.key.place(),
            });
            continue;
        };
        let transport = |node: Option<&Node>| {
            node.and_then(|node| node.text())
                .and_then(|text| TRANSPORTS.iter().find(|(word, _)| *word == text))
                .map_or(default, |(_, transport)| *transport)
        };
        let client = |node: Option<&Node>| match transport(node) {
            Transport::Tcp => Party::TcpClient,
            Transport::Udp => Party::UdpClient,
            Transport::WebSocket => Party::WebSocketClient,
        };
        let party = match form.lead() {
            "role" => {
                let role = fields.get("role").and_then(Node::text);
                match roles
                    .iter()
                    .find(|known| Some(known.role.name.as_str()) == role)
                {
                    Some(known) if !known.role.terminal => Party::PipedProgram,
                    _ => Party::TerminalProgram,
                }
            }
            "listens" => match transport(fields.get("listens")) {
                Transport::Tcp => Party::TcpServer,
                Transport::Udp => Party::UdpServer,
                Transport::WebSocket => Party::WebSocketServer,
            },
            "proxy" => match transport(fields.get("transport")) {
                Transport::Tcp | Transport::WebSocket => Party::TcpProxy,
                Transport::Udp => Party::UdpProxy,
            },
            "crowd" => client(fields.get("crowd").and_then(|crowd| crowd.get("transport"))),
            _ => client(fields.get("transport")),
        };
        actors.push(Actor {
            name: entry.name.clone(),
            party: Some(party),
            crowd: form.lead() == "crowd",
            place: entry.key.place(),
        });
        seen.push(Seen {
            entry,
            form,
            fields,
        });
    }
    Cast { actors, seen }
}

fn member_form<'n>(node: &'n Node, findings: &mut Findings) -> Option<(&'static Form, Fields<'n>)> {
    let entries = map(node, findings)?;
    choose(
        entries,
        node,
        &[CAST],
        |found| Code::CastForm { found },
        findings,
    )
}

impl Cast<'_> {
    /// Reads everything about the members.
    pub(super) fn members(
        &self,
        roles: &[ReadRole],
        variables: &[(String, String)],
        default: Transport,
        names: &mut dyn Names,
        findings: &mut Findings,
    ) -> Vec<At<CastMember>> {
        let mut members = Vec::new();
        for seen in &self.seen {
            let name = seen.entry.name.clone();
            let fields = seen.fields;
            let member = match seen.form.lead() {
                "role" => self.program(name, fields, roles, variables, names, findings),
                "connects" => {
                    self.connects(fields, default, findings)
                        .map(|connects| CastMember::Client {
                            name,
                            crowd: None,
                            burst: false,
                            connects,
                        })
                }
                "crowd" => self.crowd(name, fields, default, findings),
                "proxy" => self.proxy(name, fields, default, findings),
                _ => server(name, fields, findings),
            };
            if let Some(value) = member {
                members.push(At {
                    value,
                    place: seen.entry.key.place(),
                });
            }
        }
        members
    }

    fn program(
        &self,
        name: String,
        fields: Fields<'_>,
        roles: &[ReadRole],
        variables: &[(String, String)],
        names: &mut dyn Names,
        findings: &mut Findings,
    ) -> Option<CastMember> {
        let role = self.role(fields.get("role")?, roles, findings);
        let with = fields.get("with").map_or(Vec::new(), |node| {
            with(node, role, roles, variables, names, findings)
        });
        if let Some(role) = role {
            for wanted in &roles[role].wants {
                let known = with.iter().map(|(name, _)| name.as_str());
                let mut known = known.chain(variables.iter().map(|(name, _)| name.as_str()));
                if !known.clone().any(|known| known == wanted.value) {
                    let code = Code::UnknownVariable {
                        similar: similar(&wanted.value, &mut known),
                        name: wanted.value.clone(),
                    };
                    findings.error(code, wanted.place.clone());
                }
            }
        }
        let to = fields.get("to").and_then(|node| {
            self.target(node, findings, |actor| {
                let client = matches!(
                    actor.party,
                    Some(Party::TcpClient | Party::UdpClient | Party::WebSocketClient)
                );
                match !client && actor.name != name {
                    true => Ok(()),
                    false => Err(Code::NotAListener {
                        name: actor.name.clone(),
                    }),
                }
            })
        });
        Some(CastMember::Program {
            name: name.clone(),
            role: role?,
            with,
            to,
        })
    }

    fn role(&self, node: &Node, roles: &[ReadRole], findings: &mut Findings) -> Option<usize> {
        let name = text(node, findings)?;
        let found = roles.iter().position(|known| known.role.name == name);
        if found.is_none() {
            let code = Code::UnknownRole {
                name: name.to_owned(),
                similar: similar(name, roles.iter().map(|known| known.role.name.as_str())),
            };
            findings.error(code, node.place());
        }
        found
    }

    /// The actor that `node` names, if it will do.
    fn target(
        &self,
        node: &Node,
        findings: &mut Findings,
        check: impl Fn(&Actor) -> Result<(), Code>,
    ) -> Option<String> {
        let name = text(node, findings)?;
        let result = match self.actors.iter().find(|actor| actor.name == name) {
            Some(actor) => check(actor),
            None => Err(Code::UnknownActor {
                name: name.to_owned(),
                similar: similar(name, self.actors.iter().map(|actor| actor.name.as_str())),
            }),
        };
        match result {
            Ok(()) => Some(name.to_owned()),
            Err(code) => {
                findings.error(code, node.place());
                None
            }
        }
    }

    fn connects(
        &self,
        fields: Fields<'_>,
        default: Transport,
        findings: &mut Findings,
    ) -> Option<Connects> {
        let transport = fields.get("transport");
        let transport = transport.and_then(|node| word(node, TRANSPORTS, findings));
        let by = transport.unwrap_or(default);
        let to = fields.get("connects").and_then(|node| {
            self.target(node, findings, |actor| match actor.party {
                None | Some(Party::TerminalProgram | Party::PipedProgram) => Ok(()),
                Some(Party::TcpProxy) if by != Transport::Udp => Ok(()),
                Some(Party::UdpProxy) if by == Transport::Udp => Ok(()),
                Some(Party::TcpProxy | Party::UdpProxy) => Err(Code::OtherTransport {
                    name: actor.name.clone(),
                    tcp: by == Transport::Udp,
                }),
                Some(_) => Err(Code::NotAProgram {
                    name: actor.name.clone(),
                }),
            })
        });
        let reading = fields.get("reading");
        let reading = reading.and_then(|node| boolean(node, findings));
        let receive_buffer = fields.whole("receive_buffer", findings);
        Some(Connects {
            to: to?,
            transport: by,
            reading: reading.unwrap_or(true),
            receive_buffer: receive_buffer.and_then(|bytes| u32::try_from(bytes).ok()),
        })
    }

    fn proxy(
        &self,
        name: String,
        fields: Fields<'_>,
        default: Transport,
        findings: &mut Findings,
    ) -> Option<CastMember> {
        let transport = fields.get("transport");
        let transport = transport.and_then(|node| word(node, TRANSPORTS, findings));
        // A line carries bytes, whatever they mean at its ends.
        let transport = match transport.unwrap_or(default) {
            Transport::WebSocket => Transport::Tcp,
            other => other,
        };
        let to = self.target(fields.get("proxy")?, findings, |actor| match actor.party {
            None | Some(Party::TerminalProgram | Party::PipedProgram) => Ok(()),
            Some(Party::TcpServer | Party::WebSocketServer) if transport == Transport::Tcp => {
                Ok(())
            }
            Some(Party::UdpServer) if transport == Transport::Udp => Ok(()),
            Some(_) => Err(Code::NotAListener {
                name: actor.name.clone(),
            }),
        });
        let read = fields.get("faults");
        let read = read.map(|node| faults(node, transport, findings));
        let (to_server, to_client) = read.unwrap_or_default();
        let port = fields.whole("port", findings);
        Some(CastMember::Proxy(Proxy {
            name,
            to: to?,
            transport,
            port: port.and_then(|port| u16::try_from(port).ok()),
            to_server,
            to_client,
        }))
    }

    fn crowd(
        &self,
        name: String,
        fields: Fields<'_>,
        default: Transport,
        findings: &mut Findings,
    ) -> Option<CastMember> {
        let fields = self::fields(fields.get("crowd")?, &CROWD, findings)?;
        let count = fields.whole("count", findings);
        let burst = fields.get("burst");
        let burst = burst.and_then(|node| boolean(node, findings));
        let connects = self.connects(fields, default, findings)?;
        Some(CastMember::Client {
            name,
            crowd: Some(usize::try_from(count?).ok()?),
            burst: burst.unwrap_or_default(),
            connects,
        })
    }
}

fn server(name: String, fields: Fields<'_>, findings: &mut Findings) -> Option<CastMember> {
    let transport = word(fields.get("listens")?, TRANSPORTS, findings);
    let port = fields.whole("port", findings);
    Some(CastMember::Server {
        name,
        transport: transport?,
        port: port.and_then(|port| u16::try_from(port).ok()),
    })
}

fn with(
    node: &Node,
    role: Option<usize>,
    roles: &[ReadRole],
    variables: &[(String, String)],
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Vec<(String, Template)> {
    let wants: &[At<String>] = role.map_or(&[], |role| roles[role].wants.as_slice());
    let mut with = Vec::new();
    for entry in map(node, findings).unwrap_or_default() {
        let sound = variable_name(&entry.name, &entry.key, findings).is_some();
        let known = wants.iter().map(|wanted| wanted.value.as_str());
        let mut known = known.chain(variables.iter().map(|(name, _)| name.as_str()));
        if sound && role.is_some() && !known.clone().any(|known| known == entry.name) {
            let code = Code::UselessVariable {
                name: entry.name.clone(),
                similar: similar(&entry.name, &mut known),
            };
            findings.error(code, entry.key.place());
        }
        if let Some(value) = template(&entry.value, names, findings) {
            with.push((entry.name.clone(), value));
        }
    }
    with
}
