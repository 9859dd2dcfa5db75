//! What differs from run to run is written as what it stands for: words that were typed as tokens, addresses and ports as those of
//! their actors.

use std::collections::HashSet;

use crate::scenario::{Conventions, Piece, Template, Value};

use super::order::Deed;
use super::recorder::{Recording, Scene};
use super::script::text_of;

/// Shorter words must stand alone to be found: `at` is no part of `cat`.
const LONG: usize = 4;

/// The shortest word that is worth a token.
const SHORTEST: usize = 2;

/// A word that was typed, and came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) word: String,
    /// `token.NAME`
    pub(super) name: String,
}

/// A text, and what is written instead.
#[derive(Clone, Debug)]
struct Term {
    text: String,
    written: String,
    /// It counts only where no letter or digit stands beside it.
    alone: bool,
    /// It stands for a word that was typed.
    token: Option<usize>,
}

/// What can be found in the texts of a scene.
#[derive(Clone, Debug)]
pub(super) struct Terms(Vec<Term>);

/// A text as the language writes it, and the tokens in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) text: String,
    /// The tokens as they are written, and their indexes.
    pub(super) tokens: Vec<(String, usize)>,
}

/// The words that were typed and came back, and that nobody had printed before. `meant`: words for which none can stand.
pub(super) fn tokens(recording: &Recording, meant: &HashSet<String>) -> Vec<Token> {
    let encoding = recording.conventions.encoding;
    let mut seen = encoding.decode_lossy(&recording.before).to_lowercase();
    let mut tokens: Vec<Token> = Vec::new();
    for (index, scene) in recording.scenes.iter().enumerate() {
        if let Deed::Send(text) = &scene.order.deed
            && *text != recording.conventions.quit
        {
            for word in words(text) {
                let lower = word.to_lowercase();
                let known = meant.contains(word) || tokens.iter().any(|token| token.word == word);
                let comes_back = || {
                    let later = recording.scenes[index..]
                        .iter()
                        .flat_map(|scene| &scene.heard);
                    let mut texts = later.filter_map(|heard| text_of(heard, encoding));
                    texts.any(|text| has(&text.to_lowercase(), &lower))
                };
                if !known && !has(&seen, &lower) && comes_back() {
                    let name = free_name(&lower, &tokens);
                    tokens.push(Token {
                        word: word.to_owned(),
                        name,
                    });
                }
            }
        }
        for text in scene
            .heard
            .iter()
            .filter_map(|heard| text_of(heard, encoding))
        {
            seen.push_str(&text.to_lowercase());
            seen.push('\n');
        }
    }
    tokens
}

/// Words of ASCII letters: what stands in for a word of another script would not try that script.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    let parts = parts.map(|part| part.trim_matches(['-', '_']));
    parts.filter(|part| {
        part.len() >= SHORTEST && part.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

fn free_name(word: &str, tokens: &[Token]) -> String {
    let numbered = (2..).map(|number| format!("{word}{number}"));
    let mut names = std::iter::once(word.to_owned()).chain(numbered);
    let free = names.find(|name| tokens.iter().all(|token| token.name != *name));
    free.unwrap_or_else(|| word.to_owned())
}

fn has(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| word.len() >= LONG || stands_alone(text, at, word.len()))
}

fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back();
    let behind = text[at + length..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
}

impl Terms {
    /// What may stand in what came in this scene to `actor`; or (`None`) in what was sent.
    pub(super) fn of(
        recording: &Recording,
        scene: &Scene,
        actor: Option<(&str, bool)>,
        tokens: &[Token],
    ) -> Terms {
        let mut terms = Vec::new();
        if let Some((actor, program)) = actor {
            for (name, address) in &scene.addresses {
                terms.extend(addresses(
                    &recording.conventions,
                    name,
                    address,
                    name == actor && program,
                ));
            }
            let host = recording.cast.host.as_ref();
            let host = scene.addresses.iter().find(|(name, _)| Some(name) == host);
            if let Some((ip, _)) = host
                .filter(|_| program)
                .and_then(|(_, address)| split(address))
            {
                terms.push(term(ip, "${ip}", true));
            }
        }
        for (index, token) in tokens.iter().enumerate() {
            let name = &token.name;
            let (upper, lower) = (token.word.to_uppercase(), token.word.to_lowercase());
            let forms = [
                (token.word.clone(), format!("${{token.{name}}}")),
                (upper, format!("${{token.{name}|upper}}")),
                (lower, format!("${{token.{name}|lower}}")),
            ];
            terms.extend(forms.into_iter().map(|(text, written)| Term {
                alone: text.len() < LONG,
                text,
                written,
                token: Some(index),
            }));
        }
        Terms(terms)
    }

    /// `text` with everything that is found in it written as what it stands for.
    pub(super) fn write(&self, text: &str) -> Written {
        let mut written = Written::default();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let found = self.0.iter().filter(|term| {
                text[at..].starts_with(&term.text)
                    && (!term.alone || stands_alone(text, at, term.text.len()))
            });
            // The first of several that are equally long.
            match found.rev().max_by_key(|term| term.text.len()) {
                Some(term) => {
                    written.text.push_str(&term.written);
                    at += term.text.len();
                    let token = term.token.map(|token| (term.written.clone(), token));
                    written.tokens.extend(token);
                }
                // Else it would be the beginning of a variable.
                None if text[at..].starts_with("${") => {
                    written.text.push_str("$${");
                    at += 2;
                }
                None => {
                    written.text.push(c);
                    at += c.len_utf8();
                }
            }
        }
        written
    }
}

fn term(text: &str, written: &str, alone: bool) -> Term {
    Term {
        text: text.to_owned(),
        written: written.to_owned(),
        alone,
        token: None,
    }
}

/// How the address of `name` may be written. `own`: on the screen of the program itself, where a port is its `${port}`.
fn addresses(conventions: &Conventions, name: &str, address: &str, own: bool) -> Vec<Term> {
    let Some((ip, port)) = split(address) else {
        return Vec::new();
    };
    if own {
        return vec![term(port, "${port}", true)];
    }
    let mut terms = vec![
        term(address, &format!("${{{name}.address}}"), true),
        term(port, &format!("${{{name}.port}}"), true),
    ];
    let peer = peer_form(&conventions.peer, ip, port);
    terms.extend(peer.map(|peer| term(&peer, &format!("${{{name}.peer}}"), false)));
    terms
}

/// `ip:port`
fn split(address: &str) -> Option<(&str, &str)> {
    let (ip, port) = address.rsplit_once(':')?;
    Some((ip.trim_matches(['[', ']']), port))
}

/// An address in the form of the conventions, as far as it is made of these two alone.
fn peer_form(template: &Template, ip: &str, port: &str) -> Option<String> {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => Some(text.as_str()),
        Piece::Expression(expression) if expression.functions.is_empty() => {
            match &expression.value {
                Value::Name(name) if name == "ip" => Some(ip),
                Value::Name(name) if name == "port" => Some(port),
                _ => None,
            }
        }
        Piece::Expression(_) => None,
    });
    let text: String = pieces.collect::<Option<_>>()?;
    // A form without a port tells nobody from anybody else.
    text.contains(port).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{Term, Terms, addresses, has, term, words};
    use crate::scenario::Conventions;

    fn found(text: &str) -> Vec<&str> {
        words(text).collect()
    }

    #[test]
    fn only_words_of_ascii_letters_become_tokens() {
        assert_eq!(
            found("mango, fig-7: 42 a 你好ok!"),
            ["mango", "fig-7", "ok"]
        );
        assert_eq!(found("--all _x1 - "), ["all", "x1"]);
    }

    #[test]
    fn a_short_word_must_stand_alone() {
        assert!(has("come in, bob", "in"));
        assert!(!has("something", "in"));
        assert!(has("mangofig", "mango"));
    }

    #[test]
    fn what_is_found_is_written_as_what_it_stands_for() {
        let word = |text: &str, written: &str, token| Term {
            token: Some(token),
            ..term(text, written, text.len() < 4)
        };
        let conventions = Conventions::default();
        let mut terms = addresses(&conventions, "alice", "127.0.0.1:40112", false);
        terms.extend(addresses(&conventions, "server", "127.0.0.1:9100", true));
        terms.push(word("mango", "${token.mango}", 0));
        terms.push(word("MANGO", "${token.mango|upper}", 0));
        terms.push(word("in", "${token.in}", 1));
        let terms = Terms(terms);
        for (text, written) in [
            (
                "40112 140112 127.0.0.1:40112",
                "${alice.port} 140112 ${alice.address}",
            ),
            (
                "('127.0.0.1', 40112) : mango",
                "${alice.peer} : ${token.mango}",
            ),
            ("at 9100: MANGO", "at ${port}: ${token.mango|upper}"),
            ("in mint", "${token.in} mint"),
            ("costs ${5} 和 $", "costs $${5} 和 $"),
        ] {
            assert_eq!(terms.write(text).text, written, "{text}");
        }
        let both = terms.write("in mango").tokens;
        assert_eq!(
            both,
            [
                ("${token.in}".to_owned(), 1),
                ("${token.mango}".to_owned(), 0)
            ]
        );
    }
}
