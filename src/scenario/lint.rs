//! Warnings: a lab that can be used, but is hardly what its author meant.
//!
//! Works on the model alone, so that it also serves a lab that was not read from a file.

use std::collections::BTreeSet;

use regex_syntax::hir::{Hir, HirKind};

use crate::diagnostic::{Code, Diagnostic};
use crate::wire::Framing;

use super::contract::contract;
use super::files::LabFiles;
use super::findings::Findings;
use super::model::{CastMember, Content, Lab, Piece, Scenario, Template, Transport, Value};
use super::pattern::{parse_regex, regex_source};
use super::source::whole_file;
use super::step::{Action, Condition, PatternSpec, Payload, Step, StepKind};

/// What is probably not meant so in a lab. `beside`: where it came from and how that is called, to look for files that
/// it doesn't list, and for its contract, in which there may be real mistakes.
pub fn lint(lab: &Lab, beside: Option<(&LabFiles, &str)>) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    for entry in &lab.scenarios {
        lint_scenario(&entry.scenario, &mut findings);
    }
    if let Some((files, shown_as)) = beside {
        unlisted(lab, files, shown_as, &mut findings);
        contract(files, shown_as, lab, &mut findings);
    }
    findings.into_sorted()
}

fn unlisted(lab: &Lab, files: &LabFiles, shown_as: &str, findings: &mut Findings) {
    let listed = |name: &str| {
        let mut files = lab.scenarios.iter().map(|entry| &entry.scenario.file);
        files.any(|file| file.rsplit('/').next() == Some(name))
    };
    for name in files.yaml_files() {
        if name != super::files::LAB_FILE && !listed(&name) {
            let shown = super::files::shown(shown_as, &name);
            let file = name;
            findings.warning(Code::UnlistedFile { file }, whole_file(&shown));
        }
    }
}

/// An action of a scenario, wherever it stands.
struct Act<'s> {
    actor: &'s str,
    action: &'s Action,
}

fn acts<'s>(steps: &'s [Step], all: &mut Vec<Act<'s>>) {
    for step in steps {
        match &step.kind {
            StepKind::Act { actor, action } => all.push(Act { actor, action }),
            StepKind::AnyOrder(members) => acts(members, all),
        }
    }
}

fn lint_scenario(scenario: &Scenario, findings: &mut Findings) {
    let mut all = Vec::new();
    acts(&scenario.steps, &mut all);
    acts(&scenario.finally, &mut all);
    unused_actors(scenario, &all, findings);
    unused_tokens(&all, findings);
    open_regexes(scenario, &all, findings);
}

fn unused_actors(scenario: &Scenario, all: &[Act<'_>], findings: &mut Findings) {
    let mut used: BTreeSet<&str> = all.iter().map(|act| act.actor).collect();
    let mut note = |template| {
        for value in values(template) {
            if let Value::OfActor(actor, _) = value {
                used.insert(actor);
            }
        }
    };
    for act in all {
        templates_of(act.action, &mut note);
    }
    for member in &scenario.cast {
        match &member.value {
            CastMember::Program { name, with, to, .. } => {
                with.iter().for_each(|(_, value)| {
                    for value in values(value) {
                        if let Value::OfActor(actor, _) = value {
                            used.insert(actor);
                        }
                    }
                });
                if let Some(to) = to {
                    used.extend([name.as_str(), to]);
                }
            }
            CastMember::Client { connects, .. } => {
                used.insert(&connects.to);
            }
            CastMember::Proxy(proxy) => {
                used.insert(&proxy.to);
            }
            CastMember::Server { .. } => {}
        }
    }
    for member in &scenario.cast {
        let name = member.value.name();
        if !used.contains(name) {
            let actor = name.to_owned();
            findings.warning(Code::UnusedActor { actor }, member.place.clone());
        }
    }
}

fn unused_tokens(all: &[Act<'_>], findings: &mut Findings) {
    let mut expected: BTreeSet<&str> = BTreeSet::new();
    for act in all {
        if !matches!(act.action, Action::Send { .. }) {
            templates_of(act.action, &mut |template| {
                expected.extend(tokens(template))
            });
        }
    }
    for act in all {
        if matches!(act.action, Action::Send { .. }) {
            templates_of(act.action, &mut |template| {
                for token in tokens(template).filter(|token| !expected.contains(token)) {
                    let token = token.to_owned();
                    findings.warning(Code::UnusedToken { token }, template.place.clone());
                }
            });
        }
    }
}

fn open_regexes(scenario: &Scenario, all: &[Act<'_>], findings: &mut Findings) {
    for act in all {
        let Action::Expect { pattern, .. } = act.action else {
            continue;
        };
        // Where messages have an end, that is the end of the match.
        if !is_raw(scenario, act.actor) {
            continue;
        }
        regexes_of(pattern, &mut |template| {
            let source = regex_source(template, |_| None);
            if parse_regex(&source).is_ok_and(|hir| open_ended(&hir)) {
                findings.warning(Code::OpenRegex, template.place.clone());
            }
        });
    }
}

/// Whether an actor receives a stream of bytes in which nothing says where a message ends.
fn is_raw(scenario: &Scenario, actor: &str) -> bool {
    let member = scenario.cast.iter().find_map(|member| match &member.value {
        CastMember::Program { name, .. } if name == actor => Some(false),
        CastMember::Client { name, connects, .. } if name == actor => {
            Some(connects.transport == Transport::Tcp)
        }
        CastMember::Server { name, .. } if name == actor => Some(false),
        CastMember::Proxy(proxy) if proxy.name == actor => Some(proxy.transport == Transport::Tcp),
        _ => None,
    });
    // Who is not in the cast is a connection that was accepted.
    let accepted = || {
        !scenario.cast.iter().any(|member| {
            let CastMember::Server { transport, .. } = &member.value else {
                return false;
            };
            *transport == Transport::WebSocket
        })
    };
    member.unwrap_or_else(accepted) && scenario.conventions.message == Framing::Raw
}

/// Whether whatever comes behind a match could make it longer.
fn open_ended(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            repetition.greedy && (repetition.max.is_none() || open_ended(&repetition.sub))
        }
        HirKind::Capture(capture) => open_ended(&capture.sub),
        HirKind::Concat(parts) => parts.last().is_some_and(open_ended),
        HirKind::Alternation(parts) => parts.iter().any(open_ended),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

fn values(template: &Template) -> impl Iterator<Item = &Value> {
    template.pieces.iter().filter_map(|piece| match piece {
        Piece::Literal(_) => None,
        Piece::Expression(expression) => Some(&expression.value),
    })
}

fn tokens(template: &Template) -> impl Iterator<Item = &str> {
    values(template).filter_map(|value| match value {
        Value::Token(token) => Some(token.as_str()),
        _ => None,
    })
}

fn templates_of<'t>(action: &'t Action, each: &mut impl FnMut(&'t Template)) {
    match action {
        Action::Send {
            payload: Payload::Messages(messages),
            ..
        } => messages.iter().for_each(each),
        Action::Send {
            payload: Payload::Ping(text) | Payload::Pong(text),
            ..
        } => each(text),
        Action::Expect { pattern, .. } | Action::Never { pattern, .. } => {
            templates_of_pattern(pattern, each);
        }
        Action::Hold(Condition::File { name, content, .. }) => {
            each(name);
            if let Content::Text(text) = content {
                each(text);
            }
        }
        Action::Hold(Condition::Listening { address, .. } | Condition::Bound { address }) => {
            each(address);
        }
        _ => {}
    }
}

fn templates_of_pattern<'t>(pattern: &'t PatternSpec, each: &mut impl FnMut(&'t Template)) {
    match pattern {
        PatternSpec::Text(text)
        | PatternSpec::Regex(text)
        | PatternSpec::Exactly(text)
        | PatternSpec::Pong(text) => each(text),
        PatternSpec::AnyOf(members) | PatternSpec::AllOf(members) => {
            for member in members {
                templates_of_pattern(member, each);
            }
        }
        PatternSpec::Response { headers, body, .. } => {
            for (_, value) in headers {
                each(value);
            }
            if let Some(body) = body {
                each(body);
            }
        }
        PatternSpec::Bytes(_)
        | PatternSpec::Binary(_)
        | PatternSpec::CloseFrame(_)
        | PatternSpec::AtLeast(_)
        | PatternSpec::Closed
        | PatternSpec::Reset
        | PatternSpec::Exit(_) => {}
    }
}

fn regexes_of<'t>(pattern: &'t PatternSpec, each: &mut impl FnMut(&'t Template)) {
    match pattern {
        PatternSpec::Regex(regex) => each(regex),
        PatternSpec::AnyOf(members) | PatternSpec::AllOf(members) => {
            for member in members {
                regexes_of(member, each);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::open_ended;
    use crate::scenario::pattern::parse_regex;

    #[test]
    fn an_end_that_can_grow() {
        for regex in [
            "[0-9]+",
            "a*",
            "(ab)+",
            "(?<n>[0-9]+)",
            "a|b+",
            "a(b|c*)",
            "x{2,}",
            "(a+){3}",
        ] {
            assert!(open_ended(&parse_regex(regex).unwrap()), "{regex}");
        }
        for regex in [
            "[0-9]+ ", "[0-9]+$", "a+?", "a{2,5}", "abc", "", "(a+)b", r"\d+\b",
        ] {
            assert!(!open_ended(&parse_regex(regex).unwrap()), "{regex}");
        }
    }
}
