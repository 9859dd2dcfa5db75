//! Turns the templates and patterns of a scenario into texts, bytes and patterns, once their variables have values.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use crate::diagnostic::Place;
use crate::scenario::{
    Argument, Content, Conventions, Expression, PatternSpec, Payload, Piece, Status, Template,
    Value,
};
use crate::transcript::Data;
use crate::transcript::MessageKind;
use crate::transcript::Pattern;
use crate::transcript::Response;
use crate::verdict::{Expected, Trouble};

use super::tokens::Tokens;

/// No text is made longer by repeating it, in bytes: what is repeated may be what a program has written.
const LONGEST: usize = 64 << 20;

/// Everything that has a name while a scenario runs.
pub(super) struct Variables {
    pub(super) conventions: Conventions,
    pub(super) tokens: Tokens,
    /// Variables of the lab, captures.
    named: HashMap<String, String>,
    /// Which of them programs have given their values.
    captured: HashSet<String>,
    /// Whether what is being rendered holds something that a program has written.
    quotes: bool,
    /// Addresses of actors as the other side sees them.
    addresses: HashMap<String, SocketAddr>,
}

/// For whom a template is rendered: what `${actor}`, `${index}` and the variables of a program mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Speaker {
    pub(super) actor: String,
    /// From 1.
    pub(super) index: usize,
    /// Own variables, before all others: `with:`, `ip`, `port`, `file`.
    pub(super) own: Vec<(String, String)>,
}

impl Variables {
    pub(super) fn new(
        conventions: Conventions,
        tokens: Tokens,
        variables: &[(String, String)],
    ) -> Self {
        Variables {
            conventions,
            tokens,
            named: variables.iter().cloned().collect(),
            captured: HashSet::new(),
            quotes: false,
            addresses: HashMap::new(),
        }
    }

    pub(super) fn set_address(&mut self, actor: &str, address: SocketAddr) {
        self.addresses.insert(actor.to_owned(), address);
    }

    /// Gives a variable the value that a program has written, be it text or not: it can be written again.
    pub(super) fn capture(&mut self, name: &str, bytes: &[u8]) {
        let mut text = self.conventions.encoding.decode_lossy(bytes);
        while let Err(strange) = self.conventions.encoding.encode(&text) {
            text = text.replace(strange, "?");
        }
        self.named.insert(name.to_owned(), text);
        self.captured.insert(name.to_owned());
    }

    /// The text of `template` for `speaker`.
    pub(super) fn text(
        &mut self,
        template: &Template,
        speaker: &Speaker,
    ) -> Result<String, Trouble> {
        self.render(template, speaker, |text| text)
    }

    /// The address `template` for `speaker`, and how reports call it. What a program has written may be none: `None`.
    pub(super) fn address(
        &mut self,
        template: &Template,
        speaker: &Speaker,
    ) -> Result<(Option<SocketAddr>, String), Trouble> {
        self.quotes = false;
        let text = self.text(template, speaker)?;
        match text.parse::<SocketAddr>() {
            Ok(address) => Ok((Some(address), address.to_string())),
            Err(_) if self.quotes => Ok((None, text)),
            Err(_) => Err(Trouble::Address {
                place: template.place.clone(),
                text,
            }),
        }
    }

    fn render(
        &mut self,
        template: &Template,
        speaker: &Speaker,
        quote: impl Fn(String) -> String,
    ) -> Result<String, Trouble> {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Expression(expression) => text.push_str(&quote(self.evaluate(
                    expression,
                    &template.place,
                    speaker,
                )?)),
            }
        }
        Ok(text)
    }

    fn evaluate(
        &mut self,
        expression: &Expression,
        place: &Place,
        speaker: &Speaker,
    ) -> Result<String, Trouble> {
        let missing = |name: String| Trouble::NoValue {
            name,
            place: place.clone(),
        };
        let mut text = match &expression.value {
            Value::Quoted(text) => text.clone(),
            Value::Token(name) => self.tokens.word(name),
            Value::OfActor(actor, field) => {
                let address = self
                    .addresses
                    .get(actor)
                    .copied()
                    .ok_or_else(|| missing(format!("{actor}.{field}")))?;
                match field.as_str() {
                    "ip" => address.ip().to_string(),
                    "port" => address.port().to_string(),
                    "address" => address.to_string(),
                    _ => {
                        let own = vec![
                            ("ip".to_owned(), address.ip().to_string()),
                            ("port".to_owned(), address.port().to_string()),
                        ];
                        let peer = self.conventions.peer.clone();
                        self.text(
                            &peer,
                            &Speaker {
                                own,
                                ..speaker.clone()
                            },
                        )?
                    }
                }
            }
            Value::Name(name) => {
                let own = speaker
                    .own
                    .iter()
                    .find(|(own, _)| own == name)
                    .map(|(_, value)| value.clone());
                match name.as_str() {
                    _ if own.is_some() => own.unwrap_or_default(),
                    "actor" => speaker.actor.clone(),
                    "index" => speaker.index.to_string(),
                    "quit" => self.conventions.quit.clone(),
                    "form" => self.conventions.form.clone(),
                    name => {
                        self.quotes |= self.captured.contains(name);
                        self.named
                            .get(name)
                            .cloned()
                            .ok_or_else(|| missing(name.to_owned()))?
                    }
                }
            }
        };
        for function in &expression.functions {
            text = self.apply(*function, text, speaker)?;
        }
        Ok(text)
    }

    fn apply(
        &mut self,
        function: Argument,
        text: String,
        speaker: &Speaker,
    ) -> Result<String, Trouble> {
        Ok(match function {
            Argument::Upper => text.to_uppercase(),
            Argument::Lower => text.to_lowercase(),
            Argument::Trim => text.trim().to_owned(),
            Argument::Repeat(times) => text.repeat(times.min(LONGEST / text.len().max(1))),
            Argument::First(count) => text.chars().take(count).collect(),
            Argument::Last(count) => text
                .chars()
                .skip(text.chars().count().saturating_sub(count))
                .collect(),
            Argument::Length => text.chars().count().to_string(),
            Argument::Bytes => self.encode(&text)?.len().to_string(),
            Argument::Reply => {
                let reply = self.conventions.reply.clone();
                self.text(
                    &reply,
                    &Speaker {
                        own: vec![("text".to_owned(), text)],
                        ..speaker.clone()
                    },
                )?
            }
        })
    }

    /// The bytes of `text` in the encoding of the conventions.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u8>, Trouble> {
        self.conventions
            .encoding
            .encode(text)
            .map_err(|character| Trouble::Unencodable {
                character,
                encoding: self.conventions.encoding.name().to_owned(),
            })
    }

    /// The messages of `payload`, each as bytes before framing; `None`: bytes that are not framed.
    pub(super) fn payload(
        &mut self,
        payload: &Payload,
        speaker: &Speaker,
    ) -> Result<(Vec<Vec<u8>>, bool), Trouble> {
        match payload {
            Payload::Bytes(bytes) | Payload::Binary(bytes) => Ok((vec![bytes.clone()], false)),
            Payload::Messages(templates) => {
                let mut messages = Vec::with_capacity(templates.len());
                for template in templates {
                    let text = self.text(template, speaker)?;
                    messages.push(self.encode(&text)?);
                }
                Ok((messages, true))
            }
            // For WebSocket alone, which has its own way; linting has said so.
            Payload::Ping(_) | Payload::Pong(_) | Payload::CloseFrame(_) => Ok((Vec::new(), false)),
        }
    }

    /// What a file holds.
    pub(super) fn content(
        &mut self,
        content: &Content,
        speaker: &Speaker,
    ) -> Result<Vec<u8>, Trouble> {
        match content {
            Content::Bytes(bytes) => Ok(bytes.clone()),
            Content::Text(template) => {
                let text = self.text(template, speaker)?;
                self.encode(&text)
            }
        }
    }

    /// The pattern that `spec` means now, and how reports call it.
    pub(super) fn pattern(
        &mut self,
        spec: &PatternSpec,
        speaker: &Speaker,
    ) -> Result<(Pattern, Expected), Trouble> {
        Ok(match spec {
            PatternSpec::Text(template) => {
                let text = self.text(template, speaker)?;
                (
                    Pattern::Bytes(self.encode(&text)?),
                    Expected::Text(Data(text.into_bytes())),
                )
            }
            PatternSpec::Exactly(template) => {
                let text = self.text(template, speaker)?;
                (
                    Pattern::Exactly(self.encode(&text)?),
                    Expected::Exactly(Data(text.into_bytes())),
                )
            }
            PatternSpec::Bytes(bytes) => (
                Pattern::Bytes(bytes.clone()),
                Expected::Text(Data(bytes.clone())),
            ),
            PatternSpec::Regex(template) => {
                self.quotes = false;
                let source = self.render(template, speaker, |text| regex::escape(&text))?;
                let pattern = match Pattern::regex(&source, self.conventions.encoding.standard()) {
                    Ok(pattern) => pattern,
                    // It is too big for what a program has written: nothing fits it.
                    Err(_) if self.quotes => Pattern::AnyOf(Vec::new()),
                    Err(error) => {
                        return Err(Trouble::Pattern {
                            place: template.place.clone(),
                            message: error.to_string(),
                        });
                    }
                };
                (pattern, Expected::Regex(source))
            }
            PatternSpec::AnyOf(members) => {
                let (patterns, expected) = self.patterns(members, speaker)?;
                (Pattern::AnyOf(patterns), Expected::AnyOf(expected))
            }
            PatternSpec::AllOf(members) => {
                let (patterns, expected) = self.patterns(members, speaker)?;
                (Pattern::AllOf(patterns), Expected::AllOf(expected))
            }
            PatternSpec::AtLeast(amount) => (
                Pattern::AtLeast(*amount),
                Expected::AtLeast { bytes: *amount },
            ),
            PatternSpec::Binary(bytes) => message(MessageKind::Binary, bytes.clone()),
            PatternSpec::Pong(template) => {
                let text = self.text(template, speaker)?;
                message(MessageKind::Pong, self.encode(&text)?)
            }
            PatternSpec::CloseFrame(code) => {
                let code = code.map(|code| code.to_be_bytes().to_vec());
                message(MessageKind::Close, code.unwrap_or_default())
            }
            PatternSpec::Response {
                status,
                headers,
                body,
                bodiless,
            } => {
                let header = |(name, value): &(String, Template)| -> Result<_, Trouble> {
                    Ok((name.clone(), self.text(value, speaker)?))
                };
                let response = Response {
                    status: *status,
                    headers: headers.iter().map(header).collect::<Result<_, _>>()?,
                    body: match body {
                        Some(body) => self.text(body, speaker)?,
                        None => String::new(),
                    },
                    bodiless: *bodiless,
                };
                (
                    Pattern::Response(response.clone()),
                    Expected::Response(response),
                )
            }
            PatternSpec::Closed => (Pattern::Closed, Expected::Closed { reset: false }),
            PatternSpec::Reset => (Pattern::Reset, Expected::Closed { reset: true }),
            PatternSpec::Exit(Status::Any) => (Pattern::Exit(None), Expected::Exit(None)),
            PatternSpec::Exit(Status::Is(status)) => {
                (Pattern::Exit(Some(*status)), Expected::Exit(Some(*status)))
            }
        })
    }

    fn patterns(
        &mut self,
        members: &[PatternSpec],
        speaker: &Speaker,
    ) -> Result<(Vec<Pattern>, Vec<Expected>), Trouble> {
        let mut both = (Vec::new(), Vec::new());
        for member in members {
            let (pattern, expected) = self.pattern(member, speaker)?;
            both.0.push(pattern);
            both.1.push(expected);
        }
        Ok(both)
    }
}

/// The pattern of a message of WebSocket that is no text.
fn message(kind: MessageKind, payload: Vec<u8>) -> (Pattern, Expected) {
    let data = Data(payload.clone());
    (
        Pattern::Message { kind, payload },
        Expected::Message { kind, data },
    )
}
