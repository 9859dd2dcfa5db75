//! Regular expressions on a stream that is still coming.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};
use regex_automata::util::captures::Captures;
use regex_automata::{Input, meta};

use super::automaton::{Automaton, Walk};
use super::decoding::{Places, decode};
use super::sighting::{Hit, Look, View};

/// Most memory that a compiled expression may take, in bytes.
const SIZE_LIMIT: usize = 8 << 20;

/// How deep groups and repetitions may be nested.
const NEST_LIMIT: u32 = 100;

/// A regular expression (the syntax of the `regex` crate), ready to be matched. Cheap to clone.
#[derive(Clone)]
pub struct Expression(Arc<Compiled>);

struct Compiled {
    source: String,
    encoding: &'static Encoding,
    regex: meta::Regex,
    /// `None`: it would be too big.
    automaton: Option<Automaton>,
}

/// Why an expression can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpressionError {
    /// It is not written as it must be.
    Syntax {
        /// The bytes of the source that are wrong.
        at: Range<usize>,
        /// What is wrong with them, in the English of the `regex` crate.
        reason: String,
    },
    /// It would take too much memory (more than 8 MiB).
    TooBig,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpressionError::Syntax { reason, .. } => formatter.write_str(reason),
            ExpressionError::TooBig => formatter.write_str("compiled regex exceeds size limit"),
        }
    }
}

impl std::error::Error for ExpressionError {}

/// Says whether this can be used as a regular expression.
pub fn check_expression(source: &str) -> Result<(), ExpressionError> {
    Expression::new(source, UTF_8).map(|_| ())
}

impl Expression {
    /// Compiles an expression for streams in this encoding: it is matched on their text, and what it matches is told in
    /// their bytes. (On UTF-8 it is matched on the bytes themselves, which need not be valid.)
    pub fn new(source: &str, encoding: &'static Encoding) -> Result<Self, ExpressionError> {
        let hir = regex_syntax::ParserBuilder::new()
            .utf8(false)
            .nest_limit(NEST_LIMIT)
            .build()
            .parse(source)
            .map_err(|error| syntax_error(&error))?;
        let regex = meta::Regex::builder()
            .configure(
                meta::Config::new()
                    .utf8_empty(false)
                    .nfa_size_limit(Some(SIZE_LIMIT)),
            )
            .build_from_hir(&hir)
            .map_err(|_| ExpressionError::TooBig)?;
        Ok(Expression(Arc::new(Compiled {
            source: source.to_owned(),
            encoding,
            regex,
            automaton: Automaton::new(&hir, SIZE_LIMIT),
        })))
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// What is known of a match in `view`.
    pub(super) fn look(&self, view: &View<'_>) -> Look {
        if self.0.encoding == UTF_8 {
            return self.look_in_text(view);
        }
        let text = decode(view.unread, self.0.encoding);
        let decoded = View {
            unread: text.as_bytes(),
            ..*view
        };
        let look = self.look_in_text(&decoded);
        let Look::Hit(mut hit) = look else {
            return look;
        };
        let places = Places::new(view.unread, self.0.encoding);
        hit.start = places.in_bytes(hit.start);
        hit.end = places.in_bytes(hit.end);
        hit.known = if hit.known == text.len() && !text.ends_with('\n') {
            view.unread.len()
        } else {
            places.in_bytes(hit.known)
        };
        for (_, caught) in &mut hit.captures {
            *caught = places.in_bytes(caught.start)..places.in_bytes(caught.end);
        }
        Look::Hit(hit)
    }

    fn look_in_text(&self, view: &View<'_>) -> Look {
        let walk = self.0.automaton.as_ref().and_then(|automaton| {
            // A message is judged as a whole, whatever lines are in it.
            (!view.whole).then(|| automaton.walk(view.unread))?
        });
        let (known, settled) = match walk {
            Some(Walk::Match { known, settled }) => (known, settled),
            Some(Walk::NotYet) => return view.nothing(),
            Some(Walk::Never) => return Look::Impossible,
            None => {
                let Some(known) = view.fewest_lines(0, |lines| self.0.regex.is_match(lines.unread))
                else {
                    return view.nothing();
                };
                (known, view.is_line_end(known))
            }
        };
        // What matched in these lines with an end behind them is matched again, to know where.
        let lines = &view.unread[..known];
        let Some(mut hit) = self.captures(Input::new(lines), known) else {
            return view.nothing();
        };
        hit.settled = settled || view.ended || (walk.is_none() && is_followed(&lines[hit.end..]));
        Look::Hit(hit)
    }

    /// The first match within these bytes of the stream.
    pub(super) fn find(&self, unread: &[u8], within: Range<usize>) -> Option<Hit> {
        if self.0.encoding == UTF_8 {
            return self.captures(Input::new(unread).range(within), unread.len());
        }
        let text = decode(unread, self.0.encoding);
        let places = Places::new(unread, self.0.encoding);
        let within = places.in_text(within.start)..places.in_text(within.end);
        let mut hit = self.captures(Input::new(&text).range(within), unread.len())?;
        hit.start = places.in_bytes(hit.start);
        hit.end = places.in_bytes(hit.end);
        for (_, caught) in &mut hit.captures {
            *caught = places.in_bytes(caught.start)..places.in_bytes(caught.end);
        }
        Some(hit)
    }

    fn captures(&self, input: Input<'_>, known: usize) -> Option<Hit> {
        let regex = &self.0.regex;
        let mut captures: Captures = regex.create_captures();
        regex.search_captures(&input, &mut captures);
        let whole = captures.get_match()?;
        let named = regex
            .group_info()
            .all_names()
            .filter_map(|(_, group, name)| {
                let caught = captures.get_group(group)?;
                Some((name?.to_owned(), caught.start..caught.end))
            })
            .collect();
        Some(Hit {
            start: whole.start(),
            end: whole.end(),
            captures: named,
            settled: false,
            known,
        })
    }

    /// Whether a match could still come that begins before the offset `limit`, where none begins yet.
    pub(super) fn could_begin_before(&self, view: &View<'_>, limit: usize) -> bool {
        let Some(automaton) = &self.0.automaton else {
            return true;
        };
        if self.0.encoding == UTF_8 {
            return automaton.could_begin_before(view.unread, limit);
        }
        let text = decode(view.unread, self.0.encoding);
        let places = Places::new(view.unread, self.0.encoding);
        automaton.could_begin_before(text.as_bytes(), places.in_text(limit))
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Expression({:?}, {})",
            self.0.source,
            self.0.encoding.name()
        )
    }
}

/// Whether a whole character, or what is none, stands in front of `rest`: without the automaton, a match that is
/// followed by one is taken as settled.
fn is_followed(rest: &[u8]) -> bool {
    match std::str::from_utf8(rest) {
        Ok(rest) => !rest.is_empty(),
        Err(error) => error.valid_up_to() > 0 || error.error_len().is_some(),
    }
}

fn syntax_error(error: &regex_syntax::Error) -> ExpressionError {
    let (span, reason) = match error {
        regex_syntax::Error::Parse(error) => (Some(error.span()), error.kind().to_string()),
        regex_syntax::Error::Translate(error) => (Some(error.span()), error.kind().to_string()),
        other => (None, other.to_string()),
    };
    ExpressionError::Syntax {
        at: span.map_or(0..0, |span| span.start.offset..span.end.offset),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::{ExpressionError, check_expression};

    #[test]
    fn mistakes_are_told_with_their_place() {
        let cases = [
            ("a(b", 1..2, "unclosed group"),
            (
                "端口[z-a]",
                7..10,
                "invalid character class range, the start must be <= the end",
            ),
            (r"a\p{Mango}", 1..10, "Unicode property not found"),
            ("(?<n>a)(?<n>b)", 10..11, "duplicate capture group name"),
            (
                "(?=a)",
                0..3,
                "look-around, including look-ahead and look-behind, is not supported",
            ),
        ];
        for (source, at, reason) in cases {
            let reason = reason.to_owned();
            let expected = Err(ExpressionError::Syntax { at, reason });
            assert_eq!(check_expression(source), expected, "{source}");
        }
        for fine in ["", "a|b", "端口|port", r"\d+", "(?i)mango", r"\x{4f60}"] {
            assert_eq!(check_expression(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn hostile_expressions_are_refused() {
        let deep = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
        let nested = format!("a{}", "{1,50}".repeat(40));
        for hostile in [
            r"\w{100000}",
            r"((\w{100}){100}){100}",
            "((((a{100}){100}){100}){100}){100}",
            "a{4294967295}",
            &nested,
            &deep,
        ] {
            assert!(check_expression(hostile).is_err(), "{hostile:.30}");
        }
    }
}
