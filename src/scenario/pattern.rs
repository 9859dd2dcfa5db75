//! Reads patterns.

use regex_automata::nfa::thompson;
use regex_syntax::{ast, hir::Hir};

use crate::diagnostic::{Code, Mistake, Party, Place, Shape};
use crate::transcript::ExitStatus;

use super::condition::condition;
use super::findings::Findings;
use super::forms::{Fields, choose};
use super::grammar::{ANY_CODE, ANY_END, ENDS, Form};
use super::keys::{CONDITIONS, HTTP_STATUS, PATTERNS, STATUS};
use super::known::{Size, size_of};
use super::model::{Piece, Template};
use super::step::{Condition, PatternSpec, Status};
use super::template::{Names, regex_template, spot, template};
use super::tree::{Node, Value};
use super::values::{self, hex, list, only_true, wrong_shape};

/// A compiled expression may take so many bytes; `regex` allows 10 MiB.
const LARGEST_REGEX: usize = 4 << 20;

/// All of a lab together; the shipped labs stay below 200 KiB.
const LARGEST_REGEXES: usize = 8 << 20;

/// Stands in a regular expression for what isn't known yet.
const UNKNOWN: &str = "unknown";

/// Where a pattern is expected.
#[derive(Clone, Copy)]
pub(super) enum Expected<'a> {
    /// A prompt: a program prints it.
    Prompt,
    /// In what this actor receives.
    From {
        actor: &'a str,
        /// `None`: not known.
        party: Option<Party>,
        /// What it receives has no frames: the empty text is always there.
        raw: bool,
        /// It must not come.
        never: bool,
    },
}

/// A name that a pattern catches, and where it says so.
pub(super) type Caught = (String, Place);

/// What an `expect` may hold.
pub(super) enum Wanted {
    Pattern(PatternSpec),
    /// A condition, and its first key.
    Condition(&'static str, Condition),
}

/// Reads a pattern; the names of the groups in its regular expressions are added to `caught`.
pub(super) fn pattern(
    node: &Node,
    expected: Expected<'_>,
    names: &mut dyn Names,
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Option<PatternSpec> {
    match wanted(node, expected, names, caught, findings)? {
        Wanted::Pattern(pattern) => Some(pattern),
        Wanted::Condition(lead, _) => {
            let form = lead.to_owned();
            let code = match expected {
                Expected::Prompt => Code::NotPrinted { form },
                Expected::From { .. } => Code::StandsAlone { form },
            };
            findings.error(code, node.place());
            None
        }
    }
}

/// Reads a pattern or a condition.
pub(super) fn wanted(
    node: &Node,
    expected: Expected<'_>,
    names: &mut dyn Names,
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Option<Wanted> {
    let entries = match &node.value {
        Value::Text { .. } => {
            return text_pattern(node, expected, names, findings).map(Wanted::Pattern);
        }
        Value::Map(entries) => entries,
        Value::Nothing | Value::List(_) => {
            wrong_shape(node, &[Shape::Text, Shape::Map], findings);
            return None;
        }
    };
    let wrong = |found| Code::PatternForm {
        found,
        known: possible(expected),
    };
    let (form, fields) = choose(entries, node, &[PATTERNS, CONDITIONS], wrong, findings)?;
    let lead = form.lead();
    let value = fields.get(lead)?;
    check_possible(lead, value, expected, findings);
    if CONDITIONS.iter().any(|known| std::ptr::eq(known, form)) {
        return condition(lead, node, fields, names, findings)
            .map(|condition| Wanted::Condition(lead, condition));
    }
    formed(lead, value, fields, expected, names, caught, findings).map(Wanted::Pattern)
}

/// What stands in a chosen form of [`PATTERNS`].
fn formed(
    lead: &str,
    value: &Node,
    fields: Fields<'_>,
    expected: Expected<'_>,
    names: &mut dyn Names,
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Option<PatternSpec> {
    match lead {
        "text" => text_pattern(value, expected, names, findings),
        "exactly" => {
            let text = template(value, names, findings)?;
            refuse_empty(&text, expected, names, findings);
            Some(PatternSpec::Exactly(text))
        }
        "regex" => regex(value, expected, names, caught, findings),
        "bytes" => {
            let bytes = hex(value, findings)?;
            if bytes.is_empty() {
                always_there(&value.place(), expected, findings);
            }
            Some(PatternSpec::Bytes(bytes))
        }
        "any_of" | "all_of" => {
            let members = list(value, findings)?;
            if members.is_empty() {
                findings.error(Code::Nothing, value.place());
            }
            let members: Vec<Option<PatternSpec>> = members
                .iter()
                .map(|member| pattern(member, expected, names, caught, findings))
                .collect();
            let members = members.into_iter().collect::<Option<Vec<_>>>()?;
            Some(match lead {
                "any_of" => PatternSpec::AnyOf(members),
                _ => PatternSpec::AllOf(members),
            })
        }
        "at_least" => fields
            .whole("at_least", findings)
            .map(|bytes| PatternSpec::AtLeast(bytes as usize)),
        "binary" => hex(value, findings).map(PatternSpec::Binary),
        "pong" => template(value, names, findings).map(PatternSpec::Pong),
        "close_frame" => close_code(value, findings).map(PatternSpec::CloseFrame),
        "response" => response(value, fields, expected, names, findings),
        "closed" => only_true(value, findings).map(|()| PatternSpec::Closed),
        "reset" => only_true(value, findings).map(|()| PatternSpec::Reset),
        "exit" => status(value, findings).map(PatternSpec::Exit),
        _ => None,
    }
}

fn text_pattern(
    node: &Node,
    expected: Expected<'_>,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<PatternSpec> {
    let text = template(node, names, findings)?;
    refuse_empty(&text, expected, names, findings);
    Some(PatternSpec::Text(text))
}

fn refuse_empty(
    text: &Template,
    expected: Expected<'_>,
    names: &dyn Names,
    findings: &mut Findings,
) {
    if let Size::Is(known) = size_of(text, names)
        && known.is_empty()
    {
        always_there(&text.place, expected, findings);
    }
}

/// Reports a pattern that nothing at all fulfils.
fn always_there(place: &Place, expected: Expected<'_>, findings: &mut Findings) {
    match expected {
        Expected::Prompt => findings.error(Code::AlwaysMatches, place.clone()),
        // Of a message, something at least must come.
        Expected::From { raw: false, .. } => {}
        Expected::From { never: true, .. } => findings.error(Code::NeverHolds, place.clone()),
        Expected::From { .. } => findings.error(Code::AlwaysMatches, place.clone()),
    }
}

/// From whom alone a form can come. One that isn't here can come from anybody.
fn only(form: &str) -> Option<&'static [Party]> {
    use Party::{
        PipedProgram, TcpClient, TcpLink, TcpProxy, TerminalProgram, WebSocketClient, WebSocketLink,
    };
    Some(match form {
        "exit" => &[TerminalProgram, PipedProgram],
        _ if CONDITIONS.iter().any(|known| known.lead() == form) => {
            &[TerminalProgram, PipedProgram]
        }
        "reset" => &[TcpClient, TcpLink, TcpProxy, WebSocketClient, WebSocketLink],
        "closed" => &[
            TcpClient,
            TcpLink,
            TcpProxy,
            WebSocketClient,
            WebSocketLink,
            PipedProgram,
        ],
        "response" => &[TcpClient],
        "binary" | "pong" | "close_frame" => &[WebSocketClient, WebSocketLink],
        _ => return None,
    })
}

/// The forms that can be expected there, but for `text`, which can as well be written without a key.
fn possible(expected: Expected<'_>) -> Vec<String> {
    let conditions = match expected {
        Expected::Prompt | Expected::From { never: true, .. } => &[],
        Expected::From { never: false, .. } => CONDITIONS,
    };
    let forms = PATTERNS.iter().chain(conditions).map(Form::lead);
    let possible = forms.filter(|form| match (only(form), expected) {
        (None, _) => *form != "text",
        (Some(_), Expected::Prompt) => false,
        (Some(only), Expected::From { party, .. }) => {
            party.is_none_or(|party| only.contains(&party))
        }
    });
    possible.map(str::to_owned).collect()
}

/// Reports a form that can't come from this actor.
fn check_possible(form: &str, value: &Node, expected: Expected<'_>, findings: &mut Findings) {
    let Some(only) = only(form) else {
        return;
    };
    let form = form.to_owned();
    match expected {
        // A condition is refused there in any case.
        Expected::Prompt if PATTERNS.iter().all(|known| known.lead() != form) => {}
        Expected::Prompt => findings.error(Code::NotPrinted { form }, value.place()),
        Expected::From {
            actor,
            party: Some(party),
            ..
        } if !only.contains(&party) => {
            let code = Code::PatternNotOfActor {
                form,
                actor: actor.to_owned(),
                is: party,
                only: only.to_vec(),
            };
            findings.error(code, value.place());
        }
        Expected::From { .. } => {}
    }
}

/// The next response of HTTP.
fn response(
    value: &Node,
    fields: Fields<'_>,
    expected: Expected<'_>,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<PatternSpec> {
    if let Expected::From {
        party: Some(Party::TcpClient),
        raw: false,
        ..
    } = expected
    {
        findings.error(Code::ResponseInMessages, value.place());
    }
    let status = match values::text(value, findings)? {
        text if ANY_CODE.iter().any(|(word, ())| *word == text) => None,
        text if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            let status = values::whole(value, &HTTP_STATUS, findings)?;
            Some(u16::try_from(status).ok()?)
        }
        text => {
            values::unknown_word(
                value,
                text,
                ANY_CODE.iter().map(|(word, ())| *word),
                findings,
            );
            return None;
        }
    };
    let mut headers = Vec::new();
    if let Some(node) = fields.get("headers") {
        for entry in values::map(node, findings)? {
            let sound = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            if entry.name.is_empty() || !entry.name.bytes().all(sound) {
                let name = entry.name.clone();
                findings.error(Code::BadHeader { name }, entry.key.place());
            }
            if let Some(expected) = template(&entry.value, names, findings) {
                headers.push((entry.name.clone(), expected));
            }
        }
    }
    let body = match fields.get("body") {
        Some(node) => Some(template(node, names, findings)?),
        None => None,
    };
    let bodiless = fields.get("bodiless");
    let bodiless = bodiless.is_some_and(|node| only_true(node, findings).is_some());
    if bodiless && body.is_some() {
        let place = fields.get("body").map(Node::place).unwrap_or_default();
        findings.error(Code::BodyOfNone, place);
    }
    Some(PatternSpec::Response {
        status,
        headers,
        body,
        bodiless,
    })
}

/// A code of WebSocket that a close frame may have, or `any`.
fn close_code(node: &Node, findings: &mut Findings) -> Option<Option<u16>> {
    let text = values::text(node, findings)?;
    if ANY_CODE.iter().any(|(word, ())| *word == text) {
        return Some(None);
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return values::close_code(node, findings).map(Some);
    }
    values::unknown_word(
        node,
        text,
        ANY_CODE.iter().map(|(word, ())| *word),
        findings,
    );
    None
}

fn status(node: &Node, findings: &mut Findings) -> Option<Status> {
    let text = values::text(node, findings)?;
    if let Some((_, status)) = ANY_END.iter().find(|(word, _)| *word == text) {
        return Some(*status);
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        let code = values::whole(node, &STATUS, findings)?;
        return Some(Status::Is(ExitStatus::Code(i32::try_from(code).ok()?)));
    }
    let signal = ENDS.iter().find(|(word, _)| *word == text);
    if signal.is_none() {
        let known = ANY_END.iter().map(|(word, _)| *word);
        let known = known.chain(ENDS.iter().map(|(word, _)| *word));
        values::unknown_word(node, text, known, findings);
    }
    signal.map(|(_, signal)| Status::Is(ExitStatus::Signal(*signal)))
}

fn regex(
    node: &Node,
    expected: Expected<'_>,
    names: &mut dyn Names,
    caught: &mut Vec<Caught>,
    findings: &mut Findings,
) -> Option<PatternSpec> {
    let template = regex_template(node, names, findings)?;
    let left = LARGEST_REGEXES.saturating_sub(findings.compiled);
    // Reading and compiling take time; with nothing left to say or to spend, they are for nothing.
    if findings.is_full() || left == 0 {
        let mistake = Mistake::TooBig;
        findings.error(Code::BadRegex { mistake }, node.place());
        return None;
    }
    let source = regex_source(&template, |piece| match piece {
        Piece::Literal(_) => None,
        Piece::Expression(_) => {
            let alone = Template {
                pieces: vec![piece.clone()],
                place: Place::default(),
            };
            match size_of(&alone, names) {
                Size::Is(known) => Some(known),
                Size::AtLeast(_) => None,
            }
        }
    });
    // Only an expression without `${…}` stands in the file as it is compiled.
    let whole = template.pieces.len() == 1;
    let hir = match parse_regex(&source) {
        Ok(hir) => hir,
        Err(error) => {
            let (mistake, span) = mistake(&error);
            let place = match span {
                Some(span) if whole => spot(node, span.start.offset, span.end.offset),
                _ => node.place(),
            };
            findings.error(Code::BadRegex { mistake }, place);
            return None;
        }
    };
    // What `regex` compiles first, and what its own, larger limit counts.
    let config = thompson::Config::new()
        .utf8(false)
        .nfa_size_limit(Some(left.min(LARGEST_REGEX)));
    let built = thompson::Compiler::new()
        .configure(config)
        .build_from_hir(&hir);
    match built {
        Ok(nfa) => {
            findings.compiled += nfa.memory_usage();
            let groups = nfa.group_info().all_names();
            let names = groups.filter_map(|(_, _, name)| name);
            caught.extend(names.map(|name| (name.to_owned(), node.place())));
        }
        Err(_) => {
            // What was built before it became too big took time as well.
            findings.compiled += left.min(LARGEST_REGEX);
            let mistake = Mistake::TooBig;
            findings.error(Code::BadRegex { mistake }, node.place());
            return None;
        }
    }
    if hir.properties().minimum_len() == Some(0) {
        always_there(&template.place, expected, findings);
    }
    Some(PatternSpec::Regex(template))
}

/// Reads an expression as it will be compiled: on bytes, so that `(?-u:\xe4)`, half a character, may be asked for.
pub(super) fn parse_regex(source: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    let mut parser = regex_syntax::ParserBuilder::new().utf8(false).build();
    parser.parse(source).map_err(Box::new)
}

/// The expression as it will be compiled; what `known` doesn't know is replaced by some text.
pub(super) fn regex_source(
    template: &Template,
    known: impl Fn(&Piece) -> Option<String>,
) -> String {
    template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Expression(_) => {
                regex_syntax::escape(known(piece).as_deref().unwrap_or(UNKNOWN))
            }
        })
        .collect()
}

fn mistake(error: &regex_syntax::Error) -> (Mistake, Option<ast::Span>) {
    use ast::ErrorKind as E;
    match error {
        regex_syntax::Error::Parse(error) => {
            let mistake = match error.kind() {
                E::GroupUnclosed => Mistake::Unclosed { open: '(' },
                E::ClassUnclosed => Mistake::Unclosed { open: '[' },
                E::RepetitionCountUnclosed => Mistake::Unclosed { open: '{' },
                E::GroupUnopened => Mistake::Unopened,
                E::RepetitionMissing => Mistake::NothingToRepeat,
                E::EscapeUnrecognized | E::EscapeUnexpectedEof | E::ClassEscapeInvalid => {
                    Mistake::Escape
                }
                E::UnsupportedBackreference | E::UnsupportedLookAround => Mistake::NotRegular,
                E::NestLimitExceeded(_) => Mistake::TooBig,
                other => Mistake::Other {
                    words: other.to_string(),
                },
            };
            (mistake, Some(*error.span()))
        }
        regex_syntax::Error::Translate(error) => {
            let words = error.kind().to_string();
            (Mistake::Other { words }, Some(*error.span()))
        }
        _ => {
            let words = error.to_string();
            (Mistake::Other { words }, None)
        }
    }
}
