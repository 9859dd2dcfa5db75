//! Reads steps, in the order in which they are played: who exists by then, and what was caught by then.

use crate::diagnostic::{Code, Party, Place};
use crate::wire::Encoding;

use super::actions::{action, choose_action};
use super::cast::Actor;
use super::conventions::unknown_variable;
use super::doer::Doer;
use super::findings::Findings;
use super::forms::{Fields, fields};
use super::grammar::{BUILT_IN, FIELDS};
use super::keys::{ACTIONS, GROUP};
use super::model::{Conventions, Value};
use super::pattern::Caught;
use super::similar::similar;
use super::step::{Action, Condition, Step, StepKind};
use super::template::{Checked, Names, Refused};
use super::tree::{Entry, Node};
use super::values::{duration, list, map, name, plain, text};

/// An actor, and since when it takes part.
struct Present {
    actor: Actor,
    /// Where a step makes it begin that was not yet reached.
    begins: Option<Place>,
}

/// What the texts of a scenario may use at a certain step.
pub(super) struct Stage<'a> {
    variables: &'a [(String, String)],
    conventions: &'a Conventions,
    actors: Vec<Present>,
    caught: Vec<Caught>,
    // Names that nothing is known of so far: perhaps something will be caught under them.
    unknown: Vec<(String, Place)>,
}

impl<'a> Stage<'a> {
    /// `caught`: what the handshake caught.
    pub(super) fn new(
        actors: &[Actor],
        variables: &'a [(String, String)],
        conventions: &'a Conventions,
        caught: Vec<Caught>,
    ) -> Self {
        let actors = actors.iter().map(|actor| Present {
            actor: actor.clone(),
            begins: None,
        });
        Stage {
            variables,
            conventions,
            actors: actors.collect(),
            caught,
            unknown: Vec::new(),
        }
    }

    fn find(&self, name: &str) -> Option<&Present> {
        self.actors
            .iter()
            .find(|present| present.actor.name == name)
    }

    /// `other`: what else stands where an actor can.
    fn unknown_actor(&self, name: &str, other: Option<&str>) -> Code {
        let known = self.actors.iter().map(|known| known.actor.name.as_str());
        Code::UnknownActor {
            name: name.to_owned(),
            similar: similar(name, known.chain(other)),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        const KNOWN: &[&str] = &["ip", "port", "quit", "form", "actor", "index"];
        let variables = self.variables.iter().map(|(name, _)| name.as_str());
        let caught = self.caught.iter().map(|(name, _)| name.as_str());
        variables.chain(caught).chain(KNOWN.iter().copied())
    }

    fn catch(&mut self, caught: Vec<Caught>, findings: &mut Findings) {
        for (name, place) in caught {
            let variable = self.variables.iter().any(|(known, _)| *known == name);
            if variable || BUILT_IN.contains(&name.as_str()) {
                findings.error(Code::ReservedName { name }, place);
            } else {
                self.caught.push((name, place));
            }
        }
    }
}

impl Names for Stage<'_> {
    fn check(&mut self, value: &Value, place: &dyn Fn() -> Place) -> Checked {
        match value {
            Value::Quoted(_) | Value::Token(_) => Ok(()),
            Value::Name(name) if BUILT_IN.contains(&name.as_str()) => {
                match self.names().any(|known| known == name) {
                    true => Ok(()),
                    false => Refused::new(unknown_variable(name, std::iter::empty())),
                }
            }
            Value::Name(name) => {
                if !self.names().any(|known| known == name) {
                    self.unknown.push((name.clone(), place()));
                }
                Ok(())
            }
            Value::OfActor(actor, field) => {
                let Some(present) = self.find(actor) else {
                    return Refused::new(self.unknown_actor(actor, Some("token")));
                };
                let actor = actor.clone();
                if !FIELDS.contains(&field.as_str()) {
                    let field = field.clone();
                    let similar = similar(&field, FIELDS.iter().copied());
                    return Refused::new(Code::UnknownField { field, similar });
                }
                if present.actor.crowd {
                    return Refused::new(Code::FieldOfCrowd { actor });
                }
                match &present.begins {
                    Some(begins) => Refused::with(Code::UsedBefore { actor }, begins.clone()),
                    None => Ok(()),
                }
            }
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        if name == "quit" {
            return Some(&self.conventions.quit);
        }
        let known = self.variables.iter().find(|(known, _)| known == name);
        known.map(|(_, value)| value.as_str())
    }

    fn encoding(&self) -> Encoding {
        self.conventions.encoding
    }
}

/// Reads `steps` and then `finally`; steps count on from the one to the other.
pub(super) fn steps(
    steps: Option<&Node>,
    finally: Option<&Node>,
    stage: &mut Stage<'_>,
    findings: &mut Findings,
) -> (Vec<Step>, Vec<Step>) {
    let mut reader = Steps {
        stage,
        findings,
        number: 1,
        labels: Vec::new(),
    };
    for node in [steps, finally].into_iter().flatten() {
        reader.look_ahead(node);
    }
    let mut read = |node: Option<&Node>| {
        let items = node.and_then(|node| list(node, reader.findings));
        let items = items.unwrap_or_default();
        let steps = items.iter().filter_map(|item| reader.step(item));
        steps.collect::<Vec<_>>()
    };
    let played = (read(steps), read(finally));
    if let Some(node) = steps
        && node.shape() == crate::diagnostic::Shape::List
        && list(node, reader.findings).is_some_and(<[Node]>::is_empty)
    {
        reader.findings.error(Code::Nothing, node.place());
    }
    reader.report_unknown();
    played
}

struct Steps<'s, 'a, 'f> {
    stage: &'s mut Stage<'a>,
    findings: &'f mut Findings,
    number: usize,
    labels: Vec<(String, Place)>,
}

impl Steps<'_, '_, '_> {
    /// Finds the actors that begin with a step, and those that are accepted.
    fn look_ahead(&mut self, node: &Node) {
        let super::tree::Value::List(items) = &node.value else {
            return;
        };
        let entries = items.iter().filter_map(|item| match &item.value {
            super::tree::Value::Map(entries) => Some(entries),
            _ => None,
        });
        for entry in entries.flatten() {
            let accepted = entry.value.get("accept");
            if let Some(name) = accepted.and_then(Node::text)
                && self.stage.find(name).is_none()
            {
                let server = self.stage.find(&entry.name);
                let party = match server.and_then(|server| server.actor.party) {
                    Some(Party::WebSocketServer) => Party::WebSocketLink,
                    _ => Party::TcpLink,
                };
                let place = accepted.map(Node::place).unwrap_or_default();
                self.stage.actors.push(Present {
                    actor: Actor {
                        name: name.to_owned(),
                        party: Some(party),
                        crowd: false,
                        place: place.clone(),
                    },
                    begins: Some(place),
                });
            }
            let actors = &mut self.stage.actors;
            let Some(present) = actors.iter_mut().find(|it| it.actor.name == entry.name) else {
                continue;
            };
            let begin = match present.actor.party {
                Some(Party::TerminalProgram | Party::PipedProgram) => entry.value.get("start"),
                Some(Party::TcpClient | Party::UdpClient | Party::WebSocketClient) => {
                    entry.value.get("connect")
                }
                _ => None,
            };
            if present.begins.is_none() {
                present.begins = begin.map(Node::place);
            }
        }
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        let entries = map(node, self.findings)?;
        if node.get("any_order").is_some() {
            return self.group(node);
        }
        let entry = self.single(node, entries)?;
        self.act(entry, false)
    }

    /// The one entry of a step: an actor and its action.
    fn single<'n>(&mut self, node: &Node, entries: &'n [Entry]) -> Option<&'n Entry> {
        if let [entry] = entries {
            return Some(entry);
        }
        let beside = |entry: &&Entry| {
            let common = [
                "as",
                "within",
                "spec",
                "on",
                "capture",
                "since",
                "cut",
                "fragments",
            ];
            common.contains(&entry.name.as_str())
        };
        let (beside, actors): (Vec<_>, Vec<_>) = entries.iter().partition(beside);
        match actors.as_slice() {
            [actor] => {
                for entry in beside {
                    let key = entry.name.clone();
                    let place = entry.key.place();
                    self.findings.error(Code::BesideAction { key }, place);
                }
                Some(actor)
            }
            _ => {
                let found = entries.iter().map(|entry| entry.name.clone()).collect();
                self.findings.error(Code::StepForm { found }, node.place());
                None
            }
        }
    }

    fn group(&mut self, node: &Node) -> Option<Step> {
        let fields = fields(node, &GROUP, self.findings)?;
        let value = fields.get("any_order")?;
        let members = list(value, self.findings)?;
        if members.is_empty() {
            self.findings.error(Code::Nothing, value.place());
        }
        let number = self.number;
        let mut steps = Vec::new();
        for member in members {
            let Some(entries) = map(member, self.findings) else {
                continue;
            };
            if member.get("any_order").is_some() {
                self.findings.error(Code::OnlyExpect, member.place());
                continue;
            }
            let entry = self.single(member, entries);
            steps.extend(entry.and_then(|entry| self.act(entry, true)));
        }
        let (label, within, spec) = self.common(fields);
        Some(Step {
            number,
            place: value.place(),
            label,
            within,
            spec,
            kind: StepKind::AnyOrder(steps),
        })
    }

    fn act(&mut self, entry: &Entry, in_group: bool) -> Option<Step> {
        let number = self.number;
        self.number += 1;
        let form = choose_action(&entry.value, ACTIONS, self.findings);
        let lead = form.map(|(form, _)| form.lead());
        let party = self.actor(entry, lead);
        let (form, fields) = form?;
        if in_group && form.lead() != "expect" {
            self.findings.error(Code::OnlyExpect, entry.value.place());
        }
        let doer = Doer {
            actor: &entry.name,
            party,
            framing: self.stage.conventions.message,
            in_group,
        };
        let mut caught = Vec::new();
        let action = action(form, fields, doer, self.stage, &mut caught, self.findings);
        self.stage.catch(caught, self.findings);
        self.check_since(fields, form.lead());
        if let Some(Action::Hold(Condition::NoMore { than_at, .. })) = &action {
            self.check_label(&than_at.value, &than_at.place);
        }
        let (label, within, spec) = self.common(fields);
        if let Some(Action::Accept(name)) = &action {
            self.accept(name, fields);
        }
        Some(Step {
            number,
            place: entry.value.place(),
            label,
            within,
            spec,
            kind: StepKind::Act {
                actor: entry.name.clone(),
                action: action?,
            },
        })
    }

    /// What the acting actor is, if it is known; that it takes part by now is checked.
    fn actor(&mut self, entry: &Entry, lead: Option<&str>) -> Option<Party> {
        let actors = &mut self.stage.actors;
        let Some(present) = actors.iter_mut().find(|it| it.actor.name == entry.name) else {
            let code = self.stage.unknown_actor(&entry.name, None);
            self.findings.error(code, entry.key.place());
            return None;
        };
        if matches!(lead, Some("start" | "connect")) {
            present.begins = None;
        }
        // Once is enough.
        if let Some(begins) = present.begins.take() {
            let actor = entry.name.clone();
            let code = Code::UsedBefore { actor };
            self.findings.error_with(code, entry.key.place(), begins);
        }
        present.actor.party
    }

    /// From now on the accepted connection takes part.
    fn accept(&mut self, name: &str, fields: Fields<'_>) {
        let Some(node) = fields.get("accept") else {
            return;
        };
        if super::grammar::reserved(name) {
            let name = name.to_owned();
            self.findings
                .error(Code::ReservedName { name }, node.place());
        }
        let actors = &mut self.stage.actors;
        let Some(present) = actors.iter_mut().find(|it| it.actor.name == name) else {
            return;
        };
        if present.actor.place != node.place() {
            let name = name.to_owned();
            let first = present.actor.place.clone();
            let code = Code::NameTwice { name };
            self.findings.error_with(code, node.place(), first);
        }
        present.begins = None;
    }

    fn check_since(&mut self, fields: Fields<'_>, lead: &str) {
        if !matches!(lead, "never" | "silent") {
            return;
        }
        let Some(node) = fields.get("since") else {
            return;
        };
        let Some(label) = plain(node, self.findings) else {
            return;
        };
        self.check_label(&label, &node.place());
    }

    /// Reports a label that no earlier step has.
    fn check_label(&mut self, label: &str, place: &Place) {
        let mut known = self.labels.iter().map(|(known, _)| known.as_str());
        if !known.clone().any(|known| known == label) {
            let code = Code::UnknownLabel {
                label: label.to_owned(),
                similar: similar(label, &mut known),
            };
            self.findings.error(code, place.clone());
        }
    }

    /// `as:`, `within:` and `spec:`.
    fn common(
        &mut self,
        fields: Fields<'_>,
    ) -> (Option<String>, Option<std::time::Duration>, Option<String>) {
        let label = fields.get("as").and_then(|node| {
            let label = name(node, self.findings)?;
            match self.labels.iter().find(|(known, _)| *known == label) {
                None => self.labels.push((label.clone(), node.place())),
                Some((_, first)) => {
                    let name = label.clone();
                    let code = Code::NameTwice { name };
                    self.findings.error_with(code, node.place(), first.clone());
                }
            }
            Some(label)
        });
        let within = fields.get("within");
        let within = within.and_then(|node| duration(node, self.findings));
        let spec = fields.get("spec");
        let spec = spec.and_then(|node| Some(text(node, self.findings)?.to_owned()));
        (label, within, spec)
    }

    /// What nothing was known of when it was used: either it is caught later, or never.
    fn report_unknown(self) {
        for (name, place) in &self.stage.unknown {
            if self.findings.is_full() {
                return;
            }
            match self.stage.caught.iter().find(|(caught, _)| caught == name) {
                Some((_, caught)) => {
                    let name = name.clone();
                    let code = Code::CaughtLater { name };
                    self.findings
                        .error_with(code, place.clone(), caught.clone());
                }
                None => {
                    let code = unknown_variable(name, self.stage.names());
                    self.findings.error(code, place.clone());
                }
            }
        }
    }
}
