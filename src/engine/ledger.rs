//! The account of a scenario's tokens: who sends them, who expects them, and how often they have come.

use std::collections::HashMap;

use crate::scenario::{
    Action, Argument, CastMember, PatternSpec, Payload, Piece, Scenario, StepKind, Template, Value,
};
use crate::transcript::ActorId;
use crate::verdict::Note;

use super::play::Run;
use super::variables::Variables;

/// Which tokens are sent and expected by whom: read off the scenario before it is played.
pub(super) struct Ledger {
    names: Vec<String>,
    /// By actor (a crowd's name) and token: how often it is expected on a connection.
    expected: HashMap<(String, String), usize>,
    /// By token: who sends it, at which step, how many times in all. Tokens of crowds are left out.
    sent: HashMap<String, Vec<(String, usize, usize)>>,
    /// By actor and token: how often it has been matched.
    matched: HashMap<(ActorId, String), usize>,
}

impl Ledger {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut ledger = Ledger {
            names: Vec::new(),
            expected: HashMap::new(),
            sent: HashMap::new(),
            matched: HashMap::new(),
        };
        let crowds: Vec<&str> = scenario
            .cast
            .iter()
            .filter_map(|member| match &member.value {
                CastMember::Client {
                    name,
                    crowd: Some(_),
                    ..
                } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let mut of_crowds = Vec::new();
        let steps = scenario.steps.iter().flat_map(|step| match &step.kind {
            StepKind::AnyOrder(members) => members.iter().collect(),
            StepKind::Act { .. } => vec![step],
        });
        for step in steps {
            let StepKind::Act { actor, action } = &step.kind else {
                continue;
            };
            match action {
                Action::Send {
                    payload: Payload::Messages(messages),
                    ..
                } => {
                    for (name, times) in messages.iter().flat_map(tokens_of) {
                        if crowds.contains(&actor.as_str()) {
                            of_crowds.push(name);
                        } else {
                            ledger.sent.entry(name).or_default().push((
                                actor.clone(),
                                step.number,
                                times,
                            ));
                        }
                    }
                }
                Action::Expect { pattern, .. } => {
                    let mut tokens = Vec::new();
                    tokens_of_pattern(pattern, &mut tokens);
                    for (name, times) in tokens {
                        *ledger.expected.entry((actor.clone(), name)).or_default() += times;
                    }
                }
                _ => {}
            }
        }
        for name in of_crowds {
            ledger.sent.remove(&name);
        }
        ledger.names = ledger.sent.keys().cloned().collect();
        ledger.names.sort();
        ledger
    }

    /// The tokens that are kept account of.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn expected(&self, actor: &str, name: &str) -> usize {
        self.expected
            .get(&(actor.to_owned(), name.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn sent_times(&self, name: &str) -> usize {
        self.sent
            .get(name)
            .map_or(0, |sent| sent.iter().map(|(_, _, times)| times).sum())
    }

    /// The step at which `actor` alone sends this token.
    pub(super) fn sent_at(&self, actor: &str, name: &str) -> Option<usize> {
        let sent = self.sent.get(name)?;
        sent.iter()
            .all(|(sender, _, _)| sender == actor)
            .then(|| sent.first().map(|(_, step, _)| *step))?
    }

    pub(super) fn matches_of(&self, id: ActorId, name: &str) -> usize {
        self.matched
            .get(&(id, name.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn matched(&mut self, id: ActorId, bytes: &[u8], variables: &Variables) {
        for name in &self.names {
            let Some(word) = variables.tokens.known(name) else {
                continue;
            };
            let count = count_ignoring_case(bytes, word.as_bytes());
            if count > 0 {
                *self.matched.entry((id, name.clone())).or_default() += count;
            }
        }
    }

    pub(super) fn has_matched(&self, id: ActorId, came: &[u8], variables: &Variables) -> bool {
        self.names.iter().any(|name| {
            self.matches_of(id, name) > 0
                && variables
                    .tokens
                    .known(name)
                    .is_some_and(|word| find_ignoring_case(came, word.as_bytes()).is_some())
        })
    }

    /// The step at which this very actor sent what came. Who is to get the own words back elsewhere, as a client of an echo server is, is no sender who must not.
    pub(super) fn own(&self, id: ActorId, came: &[u8], run: &Run<'_>) -> Option<usize> {
        let actor = &run.stage.player(id).base;
        self.names.iter().find_map(|name| {
            let word = run.variables.tokens.known(name)?;
            find_ignoring_case(came, word.as_bytes())?;
            self.sent_at(actor, name)
                .filter(|_| self.expected(actor, name) == 0)
        })
    }

    /// Whether this actor is to get one of the tokens in `text`.
    pub(super) fn awaits(&self, actor: &str, text: &[u8], run: &Run<'_>) -> bool {
        self.names.iter().any(|name| {
            let word = run.variables.tokens.known(name);
            self.expected(actor, name) > 0
                && word.is_some_and(|word| find_ignoring_case(text, word.as_bytes()).is_some())
        })
    }

    /// Who else sent what came.
    pub(super) fn sender(&self, id: ActorId, came: &[u8], run: &Run<'_>) -> Option<Note> {
        let actor = &run.stage.player(id).base;
        self.names.iter().find_map(|name| {
            let word = run.variables.tokens.known(name)?;
            find_ignoring_case(came, word.as_bytes())?;
            let (sender, step, _) = self
                .sent
                .get(name)?
                .iter()
                .find(|(sender, _, _)| sender != actor)?;
            Some(Note::SentBy {
                actor: sender.clone(),
                step: *step,
            })
        })
    }
}

fn tokens_of(template: &Template) -> Vec<(String, usize)> {
    let expressions = template.pieces.iter().filter_map(|piece| match piece {
        Piece::Expression(expression) => Some(expression),
        Piece::Literal(_) => None,
    });
    expressions
        .filter_map(|expression| match &expression.value {
            Value::Token(name) => {
                let times = expression.functions.iter().map(|function| match function {
                    Argument::Repeat(times) => *times,
                    _ => 1,
                });
                Some((name.clone(), times.product()))
            }
            _ => None,
        })
        .collect()
}

fn tokens_of_pattern(pattern: &PatternSpec, tokens: &mut Vec<(String, usize)>) {
    match pattern {
        PatternSpec::Text(template)
        | PatternSpec::Regex(template)
        | PatternSpec::Exactly(template) => tokens.extend(tokens_of(template)),
        PatternSpec::AnyOf(members) | PatternSpec::AllOf(members) => {
            for member in members {
                tokens_of_pattern(member, tokens);
            }
        }
        _ => {}
    }
}

/// Where `needle` is in `hay`, in capitals or not: a program may answer in capitals.
pub(super) fn find_ignoring_case(hay: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    hay.windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle))
}

/// How often `needle` is in `hay`, in capitals or not.
pub(super) fn count_ignoring_case(hay: &[u8], needle: &[u8]) -> usize {
    let (mut rest, mut count) = (hay, 0);
    while let Some(at) = find_ignoring_case(rest, needle) {
        count += 1;
        rest = &rest[at + needle.len()..];
    }
    count
}
