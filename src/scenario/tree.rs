//! YAML as a tree of values that know where they stand.
//!
//! Built from the events of serde_yaml's own parser, not through serde: so plain scalars stay the text that was
//! written (`010`, `no`), every value and key has its span, and a duplicate key doesn't hide the mistakes behind it.
//! Knows nothing of the language.

use std::collections::HashMap;
use std::rc::Rc;

use serde_yaml::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, options};

use super::findings::Findings;
use super::source::Source;
use crate::diagnostic::{Code, Mistake, Place, Shape, Span};

/// No file that a human wrote comes near these; together they bound the memory that a file can take.
pub(super) const DEEPEST: usize = 32;
pub(super) const MOST_VALUES: usize = 20_000;
pub(super) const LONGEST_LINE: usize = 4_000;

/// In characters.
const SHOWN_OF_LONG_LINE: usize = 200;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Span,
    pub(super) source: Rc<Source>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Nothing,
    Text { text: String, style: ScalarStyle },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) key: Node,
    pub(super) value: Node,
}

impl Node {
    /// Where it stands; of a list or map in block style, its first line.
    pub(super) fn place(&self) -> Place {
        self.source.place(self.span)
    }

    pub(super) fn shape(&self) -> Shape {
        match &self.value {
            Value::Nothing => Shape::Nothing,
            Value::Text { .. } => Shape::Text,
            Value::List(_) => Shape::List,
            Value::Map(_) => Shape::Map,
        }
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value of a key, if this is a map that has it.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries
                .iter()
                .find(|entry| entry.name == name)
                .map(|entry| &entry.value),
            _ => None,
        }
    }
}

/// A list or map that is not yet complete.
struct Open {
    start: Span,
    // Only of maps: the key that waits for its value.
    key: Option<Node>,
    value: Value,
}

/// Reads `source`; `None` if it is not YAML at all, which was then reported. Duplicate keys are reported, and the first
/// counts.
pub(super) fn parse(source: &Rc<Source>, findings: &mut Findings) -> Option<Node> {
    let longest = source.longest_line();
    if longest.end - longest.start > LONGEST_LINE {
        let start = longest.start;
        let limit = LONGEST_LINE;
        let mut place = source.place(Span { start, end: start });
        // Only its beginning: each place keeps what is shown of it.
        place.excerpt = place.excerpt.chars().take(SHOWN_OF_LONG_LINE).collect();
        findings.error(Code::LineTooLong { limit }, place);
        return None;
    }
    Builder::new(source, findings).run()
}

struct Builder<'a> {
    source: &'a Rc<Source>,
    findings: &'a mut Findings,
    stack: Vec<Open>,
    root: Option<Node>,
    values: usize,
    documents: usize,
    // Where the last event ended, in bytes.
    behind: usize,
    // An alias leaves a hole in the tree: what would be said about that is noise.
    holes: bool,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Rc<Source>, findings: &'a mut Findings) -> Self {
        Builder {
            source,
            findings,
            stack: Vec::new(),
            root: None,
            values: 0,
            documents: 0,
            behind: 0,
            holes: false,
        }
    }

    fn run(mut self) -> Option<Node> {
        let options = options! {
            disallow_directives: true,
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            emit_comments: false,
            flow_nesting_limit: DEEPEST + 1,
            block_nesting_limit: DEEPEST + 1,
        };
        let source = Rc::clone(self.source);
        for event in Parser::new_from_str_with_options(&source.text, options) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    self.syntax(&error);
                    return None;
                }
            };
            let tag = span.tag_span().and_then(|span| span.byte_range());
            let span = span.byte_range().map_or(Span::default(), |range| Span {
                start: range.start,
                end: range.end,
            });
            self.behind = self.behind.max(span.end);
            if let Some(range) = tag {
                let tag = Span {
                    start: range.start,
                    end: range.end,
                };
                self.findings.error(Code::Tag, source.place(tag));
            }
            match event {
                Event::DocumentStart(..) => {
                    self.documents += 1;
                    if self.documents > 1 {
                        let place = source.place(span);
                        self.findings.error(Code::SeveralDocuments, place);
                        return None;
                    }
                }
                Event::Scalar(text, style, ..) => {
                    let nothing = style == ScalarStyle::Plain && span.start == span.end;
                    let value = if nothing {
                        Value::Nothing
                    } else {
                        let text = text.into_owned();
                        Value::Text { text, style }
                    };
                    self.value(value, span)?;
                }
                Event::SequenceStart(..) => self.open(Value::List(Vec::new()), span)?,
                Event::MappingStart(..) => self.open(Value::Map(Vec::new()), span)?,
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some(open) = self.stack.pop() {
                        self.close(open, span)?;
                    }
                }
                Event::Anchor(..) => self.findings.error(Code::Alias, source.place(span)),
                Event::Alias(_) | Event::UnresolvedAlias(_) => {
                    self.findings.error(Code::Alias, source.place(span));
                    self.holes = true;
                    self.value(Value::Nothing, span)?;
                }
                _ => {}
            }
        }
        let empty = match &self.root {
            None => true,
            Some(root) => matches!(root.value, Value::Nothing),
        };
        if empty {
            let place = self.source.place(Span::default());
            self.findings.error(Code::Empty, place);
            return None;
        }
        self.root.filter(|_| !self.holes)
    }

    fn open(&mut self, value: Value, start: Span) -> Option<()> {
        if self.stack.len() >= DEEPEST {
            let place = self.source.place(start);
            self.findings.error(Code::TooDeep { limit: DEEPEST }, place);
            return None;
        }
        self.stack.push(Open {
            start,
            key: None,
            value,
        });
        Some(())
    }

    /// A complete value: it belongs to the innermost list or map that is open.
    fn value(&mut self, value: Value, span: Span) -> Option<()> {
        self.values += 1;
        if self.values > MOST_VALUES {
            let limit = MOST_VALUES;
            let place = self.source.place(span);
            self.findings.error(Code::TooManyValues { limit }, place);
            return None;
        }
        let node = Node {
            value,
            span,
            source: Rc::clone(self.source),
        };
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        match &mut open.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                None => open.key = Some(node),
                Some(key) => match key.text().map(str::to_owned) {
                    Some(name) => entries.push(Entry {
                        name,
                        key,
                        value: node,
                    }),
                    None => self.findings.error(Code::KeyNotText, key.place()),
                },
            },
            Value::Nothing | Value::Text { .. } => {}
        }
        Some(())
    }

    fn close(&mut self, mut open: Open, end: Span) -> Option<()> {
        let start = open.start.start;
        let block = open.start.end == start;
        if let Value::Map(entries) = &mut open.value {
            self.refuse_duplicates(entries);
        }
        let last = match &open.value {
            Value::List(items) => items.last().map(|item| item.span.end),
            Value::Map(entries) => entries.last().map(|entry| entry.value.span.end),
            Value::Nothing | Value::Text { .. } => None,
        };
        // The end of a block is noticed only somewhere behind it.
        let end = last.filter(|_| block).unwrap_or(end.end).max(start);
        self.value(open.value, Span { start, end })
    }

    fn refuse_duplicates(&mut self, entries: &mut Vec<Entry>) {
        let mut first: HashMap<String, Span> = HashMap::new();
        let (source, findings) = (self.source, &mut *self.findings);
        entries.retain(|entry| match first.get(&entry.name) {
            None => {
                first.insert(entry.name.clone(), entry.key.span);
                true
            }
            Some(span) => {
                let key = entry.name.clone();
                let code = Code::DuplicateKey { key };
                findings.error_with(code, entry.key.place(), source.place(*span));
                false
            }
        });
    }

    fn syntax(&mut self, error: &ScanError) {
        let mut start = error.marker().byte_offset().unwrap_or_default();
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            let place = self.source.place(Span { start, end: start });
            self.findings.error(Code::TooDeep { limit: DEEPEST }, place);
            return;
        }
        let mistake = mistake(error.kind());
        if mistake == Mistake::UnclosedQuote
            && let Some(behind) = self.source.text.get(self.behind..)
            && let Some(quote) = behind.find(['"', '\''])
        {
            // It is noticed somewhere below; what is wrong is the quote that opened it.
            start = self.behind + quote;
        }
        let place = self.source.place(Span { start, end: start });
        let brackets = self.stack.iter().rev().map(|open| open.start);
        let open = brackets.into_iter().find(|open| open.start < open.end);
        let code = Code::Yaml { mistake };
        match open.filter(|open| open.start != start) {
            Some(open) => self
                .findings
                .error_with(code, place, self.source.place(open)),
            None => self.findings.error(code, place),
        }
    }
}

fn mistake(kind: &ErrorKind) -> Mistake {
    use ErrorKind as E;
    match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => Mistake::Tab,
        E::InvalidIndentation
        | E::ExpectedDocumentStart
        | E::InvalidBlockScalarIndent
        | E::InvalidFlowScalarIndent
        | E::ExpectedBlockMappingKey => Mistake::Indentation,
        E::UnclosedFlowCollection { open } => Mistake::Unclosed { open: *open },
        E::UnexpectedEofFlowSequence => Mistake::Unclosed { open: '[' },
        E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping => {
            Mistake::Unclosed { open: '{' }
        }
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => Mistake::Unopened,
        E::UnclosedQuotedScalar
        | E::InvalidQuotedScalarIndent
        | E::DocumentIndicatorInQuotedScalar => Mistake::UnclosedQuote,
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            Mistake::BehindQuote
        }
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => Mistake::Escape,
        E::MappingValueNotAllowed | E::InvalidColonPlacement => Mistake::Colon,
        E::UnexpectedCharacter { character } => Mistake::Character {
            character: *character,
        },
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => Mistake::Comma,
        E::SimpleKeyExpected | E::InvalidSimpleKey | E::MappingKeyNotAllowed => Mistake::Key,
        E::ExpectedBlockSequenceEntry
        | E::BlockSequenceEntryNotAllowed
        | E::BlockEntryInFlowCollection => Mistake::Entry,
        E::CommentInterceptedScalar | E::CommentNotSeparated => Mistake::Comment,
        E::DirectiveDisallowed => Mistake::Directive,
        other => Mistake::Other {
            words: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, Value, parse};
    use crate::scenario::findings::Findings;
    use crate::scenario::source::Source;

    fn read(text: &str) -> (Option<Node>, Vec<&'static str>) {
        let mut findings = Findings::default();
        let node = parse(&Source::new("f", text.to_owned()), &mut findings);
        let found = findings.into_sorted();
        (node, found.iter().map(|it| it.code.name()).collect())
    }

    #[test]
    fn a_bare_scalar_is_the_text_that_was_written() {
        for text in [
            "no",
            "010",
            "0x1F",
            "~",
            "null",
            "1_000",
            "1e3",
            "true",
            ".inf",
            "2026-01-02",
            "<<",
            "=",
            "y",
            "12:30",
            "一二",
            "${x}",
            "a:b",
            "-1",
            "--",
            "a b",
        ] {
            let (node, found) = read(&format!("a: {text}\n"));
            let node = node.unwrap();
            assert_eq!(node.get("a").unwrap().text(), Some(text));
            assert!(found.is_empty());
        }
    }

    #[test]
    fn quotes_and_blocks_become_their_text() {
        let cases = [
            ("a: 'it''s'", "it's"),
            (r#"a: "\u4f60\t\x41""#, "你\tA"),
            ("a: |\n  one\n  two\n", "one\ntwo\n"),
            ("a: >-\n  one\n  two", "one two"),
            ("a: one\n  two", "one two"),
            ("a: ''", ""),
        ];
        for (text, expected) in cases {
            let (node, _) = read(text);
            assert_eq!(node.unwrap().get("a").unwrap().text(), Some(expected));
        }
    }

    #[test]
    fn a_key_without_a_value_holds_nothing() {
        let (node, _) = read("a:\nb: { c: , d: }\n");
        let node = node.unwrap();
        assert!(matches!(node.get("a").unwrap().value, Value::Nothing));
        let inner = node.get("b").unwrap();
        assert!(matches!(inner.get("c").unwrap().value, Value::Nothing));
        assert!(matches!(inner.get("d").unwrap().value, Value::Nothing));
    }

    #[test]
    fn spans_cover_what_was_written() {
        let text = "a: { b: 'c' } # d\ne:\n  - f\n  - g\nh: i\n";
        let (node, _) = read(text);
        let node = node.unwrap();
        let written = |node: &Node| text[node.span.start..node.span.end].to_owned();
        assert_eq!(written(node.get("a").unwrap()), "{ b: 'c' }");
        assert_eq!(written(node.get("a").unwrap().get("b").unwrap()), "'c'");
        assert_eq!(written(node.get("e").unwrap()), "- f\n  - g");
        assert_eq!(written(&node), text.trim_end());
    }

    #[test]
    fn all_duplicates_are_found_and_the_first_counts() {
        let (node, found) = read("a: 1\nb: { c: 1, c: 2 }\na: 2\na: 3\n");
        let node = node.unwrap();
        assert_eq!(node.get("a").unwrap().text(), Some("1"));
        assert_eq!(node.get("b").unwrap().get("c").unwrap().text(), Some("1"));
        assert_eq!(found, ["duplicate-key"; 3]);
    }

    #[test]
    fn aliases_are_refused_before_they_are_followed() {
        let bomb = (1..40).fold("a0: &a0 x\n".to_owned(), |text, level| {
            let before = level - 1;
            format!("{text}a{level}: &a{level} [*a{before}, *a{before}]\n")
        });
        let (node, found) = read(&bomb);
        assert!(node.is_none());
        assert!(found.iter().all(|code| *code == "alias"));
    }
}
