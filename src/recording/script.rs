//! Writes a recording down as a scenario file.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::engine::Arrived;
use crate::scenario::word_of_signal;
use crate::transcript::{Channel, ExitStatus};
use crate::wire::Encoding;

use super::order::Deed;
use super::recorder::{Heard, Recording, Scene};
use super::terms::{Terms, Token, tokens};

/// The longest text that is written, in bytes; of a longer one only the length is expected.
const LONGEST: usize = 2000;

/// What is expected, by its place in the recording: the scene, and the number of the expectation in it.
pub(super) type Expectation = (usize, usize);

/// How much of an expectation has been given up, since it did not come true again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Weak {
    /// Nothing.
    #[default]
    Whole,
    /// All but the words that were typed.
    Words,
    /// All.
    Nothing,
}

/// What has been given up, so that the scenario comes true again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Concessions {
    /// Of what is expected.
    pub(super) weakened: HashMap<Expectation, Weak>,
    /// Words that mean something to the program, so that no token can stand for them.
    pub(super) meant: HashSet<String>,
}

/// What the author wishes to be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Of what comes only the words are expected that were typed.
    pub words: bool,
    /// Nothing is expected of these actors.
    pub ignored: Vec<String>,
}

/// What stands in a file beside the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// Parts of a lab file, so that the scenario can stand alone.
    pub(super) parts: String,
    /// Conventions and variables that were set.
    pub(super) when: Vec<(String, String)>,
    pub(super) wishes: Wishes,
}

/// A scenario as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) text: String,
    /// Which step is which expectation: numbers of steps, as the language counts them.
    pub(super) expectations: Vec<(usize, Expectation)>,
    /// How many steps it has.
    pub(super) steps: usize,
}

/// What came, as text, if it is one.
pub(super) fn text_of(heard: &Heard, encoding: Encoding) -> Option<String> {
    let (Arrived::Bytes(bytes) | Arrived::Message(bytes)) = &heard.what else {
        return None;
    };
    let text = encoding.decode_lossy(bytes);
    (encoding.encode(&text).as_ref() == Ok(bytes)).then_some(text)
}

/// A step of a script before it is written: an actor and an action.
struct Line {
    actor: String,
    action: String,
    expectation: Option<Expectation>,
    tokens: Vec<usize>,
}

/// The scenario that repeats the recording.
pub(super) fn script(recording: &Recording, frame: &Frame, conceded: &Concessions) -> Script {
    let all = tokens(recording, &conceded.meant);
    // A word that nobody expects any more need not be a token.
    let expected: Vec<usize> = recording
        .scenes
        .iter()
        .enumerate()
        .flat_map(|(index, scene)| expectations(recording, index, scene, frame, &all, conceded))
        .flatten()
        .flat_map(|line| line.tokens)
        .collect();
    let kept = all
        .iter()
        .enumerate()
        .filter(|(index, _)| expected.contains(index));
    let tokens: Vec<Token> = kept.map(|(_, token)| token.clone()).collect();
    let mut script = Script {
        text: head(recording, frame),
        ..Script::default()
    };
    for (index, scene) in recording.scenes.iter().enumerate() {
        let order = Line {
            actor: scene.order.actor.clone(),
            action: deed(recording, scene, &tokens),
            expectation: None,
            tokens: Vec::new(),
        };
        script.step(&order, 2);
        for mut group in expectations(recording, index, scene, frame, &tokens, conceded) {
            if group.len() > 1 {
                script.text.push_str("  - any_order:\n");
                for line in &group {
                    script.step(line, 6);
                }
            } else if let Some(line) = group.pop() {
                script.step(&line, 2);
            }
        }
    }
    script
}

impl Script {
    fn step(&mut self, line: &Line, indent: usize) {
        self.steps += 1;
        let (actor, action) = (&line.actor, &line.action);
        let _ = writeln!(self.text, "{:indent$}- {actor}: {{ {action} }}", "");
        if let Some(expectation) = line.expectation {
            self.expectations.push((self.steps, expectation));
        }
    }
}

fn head(recording: &Recording, frame: &Frame) -> String {
    let (name, cast) = (&recording.name, &recording.cast);
    let mut text = format!("# Written by `viva record`.\nviva: 1\nscenario: {name}\n");
    if !frame.when.is_empty() {
        let when = frame.when.iter();
        let when: Vec<String> = when
            .map(|(name, value)| format!("{name}: {}", quoted(value)))
            .collect();
        let _ = writeln!(text, "when: {{ {} }}", when.join(", "));
    }
    text.push_str(&frame.parts);
    let mut members = Vec::new();
    if let Some(host) = &cast.host {
        let transport = cast.transport.name();
        members.push((host, format!("{{ listens: {transport} }}")));
    }
    let to = cast.host.as_ref().map(|host| format!(", to: {host}"));
    let role = &cast.role;
    members.push((
        role,
        format!("{{ role: {role}{} }}", to.unwrap_or_default()),
    ));
    let clients = recording.clients.iter();
    members.extend(clients.map(|client| (client, format!("{{ connects: {role} }}"))));
    let widest = members.iter().map(|(name, _)| name.chars().count()).max();
    text.push_str("cast:\n");
    for (name, form) in members {
        let room = widest.unwrap_or(0) - name.chars().count();
        let _ = writeln!(text, "  {name}:{:room$} {form}", "");
    }
    text.push_str("steps:\n");
    text
}

/// What was done, as the language writes it.
fn deed(recording: &Recording, scene: &Scene, tokens: &[Token]) -> String {
    match &scene.order.deed {
        Deed::Connect => "connect: true".to_owned(),
        Deed::Accept(name) => format!("accept: {name}"),
        Deed::Plain { key, value, .. } => format!("{key}: {value}"),
        Deed::Send(text) if *text == recording.conventions.quit && !text.is_empty() => {
            "send: \"${quit}\"".to_owned()
        }
        Deed::Send(text) => {
            let written = Terms::of(recording, scene, None, tokens).write(text);
            format!("send: {}", quoted(&written.text))
        }
    }
}

/// What is expected of a scene: groups of what may come in any order, one after another.
fn expectations(
    recording: &Recording,
    index: usize,
    scene: &Scene,
    frame: &Frame,
    tokens: &[Token],
    conceded: &Concessions,
) -> Vec<Vec<Line>> {
    let mut groups: Vec<Vec<Line>> = Vec::new();
    let mut ranks: HashMap<(&str, Channel), usize> = HashMap::new();
    let mut came: Vec<(String, usize)> = Vec::new();
    let parts = joined(&scene.heard);
    for (number, heard) in parts.iter().enumerate() {
        let expectation = (index, number);
        let weak = match conceded.weakened.get(&expectation) {
            _ if frame.wishes.ignored.contains(&heard.actor) => Weak::Nothing,
            None if frame.wishes.words => Weak::Words,
            weak => weak.copied().unwrap_or_default(),
        };
        let terms = Terms::of(
            recording,
            scene,
            Some((&heard.actor, heard.program)),
            tokens,
        );
        let Some((action, tokens)) = expect(heard, recording.conventions.encoding, &terms, weak)
        else {
            continue;
        };
        if !heard.program {
            came.extend(tokens.iter().cloned());
        }
        let rank = ranks.entry((&heard.actor, heard.channel)).or_default();
        if groups.len() <= *rank {
            groups.push(Vec::new());
        }
        groups[*rank].push(Line {
            actor: heard.actor.clone(),
            action,
            expectation: Some(expectation),
            tokens: tokens.into_iter().map(|(_, token)| token).collect(),
        });
        *rank += 1;
    }
    let sent = match &scene.order.deed {
        Deed::Send(_) if scene.proved => came.first(),
        _ => None,
    };
    if let Some((token, own)) = sent {
        // Who got nothing while others did.
        let silent = scene.connected.iter();
        let silent = silent.filter(|name| scene.heard.iter().all(|heard| heard.actor != **name));
        for (number, name) in silent.enumerate() {
            let expectation = (index, parts.len() + number);
            let ignored = frame.wishes.ignored.contains(name);
            if !ignored && !conceded.weakened.contains_key(&expectation) {
                groups.push(vec![Line {
                    actor: name.clone(),
                    action: format!("never: {}", quoted(token)),
                    expectation: Some(expectation),
                    tokens: vec![*own],
                }]);
            }
        }
    }
    groups
}

/// What came piece by piece in an undivided stream is one text.
fn joined(heard: &[Heard]) -> Vec<Heard> {
    let mut parts: Vec<Heard> = Vec::new();
    for next in heard {
        let last = parts
            .iter_mut()
            .rev()
            .find(|part| part.actor == next.actor && part.channel == next.channel);
        match (last.map(|part| &mut part.what), &next.what) {
            (Some(Arrived::Bytes(bytes)), Arrived::Bytes(more)) => bytes.extend_from_slice(more),
            _ => parts.push(next.clone()),
        }
    }
    parts
}

/// An expectation as the language writes it, and the tokens in it; `None`: nothing is expected.
fn expect(
    heard: &Heard,
    encoding: Encoding,
    terms: &Terms,
    weak: Weak,
) -> Option<(String, Vec<(String, usize)>)> {
    let on = match heard.channel {
        Channel::Stderr => ", on: stderr",
        _ => "",
    };
    let plain = |pattern: &str| Some((format!("expect: {pattern}{on}"), Vec::new()));
    if weak == Weak::Nothing {
        return None;
    }
    let bytes = match &heard.what {
        Arrived::Closed => return plain("{ closed: true }"),
        Arrived::Reset => return plain("{ reset: true }"),
        Arrived::Exited(ExitStatus::Code(code)) => {
            return Some((format!("expect: {{ exit: {code} }}"), Vec::new()));
        }
        Arrived::Exited(ExitStatus::Signal(signal)) => {
            let word = word_of_signal(*signal).unwrap_or("any");
            return Some((format!("expect: {{ exit: {word} }}"), Vec::new()));
        }
        Arrived::Bytes(bytes) | Arrived::Message(bytes) => bytes,
    };
    let written = text_of(heard, encoding).map(|text| terms.write(&text));
    let Some(written) = written else {
        return match bytes.len() {
            0..=LONGEST if weak == Weak::Whole => {
                let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                plain(&format!("{{ bytes: \"{}\" }}", digits.join(" ")))
            }
            0..=LONGEST => None,
            length => plain(&format!("{{ at_least: {length} }}")),
        };
    };
    let words = |mut tokens: Vec<(String, usize)>| {
        tokens.dedup();
        let texts: Vec<String> = tokens.iter().map(|(text, _)| quoted(text)).collect();
        let pattern = match texts.as_slice() {
            [] => return None,
            [alone] => alone.clone(),
            all => format!("{{ all_of: [{}] }}", all.join(", ")),
        };
        Some((format!("expect: {pattern}{on}"), tokens))
    };
    if weak == Weak::Words {
        return words(written.tokens);
    }
    if written.text.is_empty() {
        return plain("{ exactly: \"\" }");
    }
    if written.text.len() > LONGEST {
        let length = bytes.len();
        return words(written.tokens).or_else(|| plain(&format!("{{ at_least: {length} }}")));
    }
    Some((
        format!("expect: {}{on}", quoted(&written.text)),
        written.tokens,
    ))
}

/// A text in double quotes (YAML 1.2, §5.7).
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0'..='\x1f' | '\x7f'..='\u{a0}' => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            // What an editor would not show, or take for a line end.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn every_text_can_be_quoted() {
        for (text, written) in [
            ("plain 你好", r#""plain 你好""#),
            ("a\"b\\c\n\t\r", r#""a\"b\\c\n\t\r""#),
            ("\0\x1b[0m\u{7f}\u{85}", r#""\x00\x1b[0m\x7f\x85""#),
            ("\u{feff}\u{202e}", r#""\ufeff\u202e""#),
        ] {
            assert_eq!(quoted(text), written);
        }
    }
}
