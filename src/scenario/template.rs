//! Reads texts with `${…}` in them.

use serde_yaml::granit_parser::ScalarStyle;

use crate::diagnostic::{Code, Place, Span};
use crate::wire::Encoding;

use super::findings::Findings;
use super::grammar::FUNCTIONS;
use super::known::{LONGEST_TEXT, Size, lacks, size_of};
use super::model::{Argument, Expression, Piece, Template, Value};
use super::similar::similar;
use super::tree::Node;
use super::values::text;

/// What is wrong with a value.
pub(super) struct Refused {
    code: Code,
    /// Another place that has a part in it.
    related: Option<Place>,
}

impl Refused {
    pub(super) fn new(code: Code) -> Checked {
        Err(Box::new(Refused {
            code,
            related: None,
        }))
    }

    pub(super) fn with(code: Code, related: Place) -> Checked {
        Err(Box::new(Refused {
            code,
            related: Some(related),
        }))
    }
}

/// Whether a value can be used.
pub(super) type Checked = Result<(), Box<Refused>>;

/// The names that a text may use, where it stands.
pub(super) trait Names {
    /// Checks a value that stands at `place`.
    fn check(&mut self, value: &Value, place: &dyn Fn() -> Place) -> Checked;

    /// The value of a name, if it is known before anything runs.
    fn value(&self, name: &str) -> Option<&str>;

    /// The encoding that texts must be possible in.
    fn encoding(&self) -> Encoding;
}

/// Reads a text with `${…}`.
pub(super) fn template(
    node: &Node,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<Template> {
    read(node, names, true, findings)
}

/// The same for a regular expression, whose literal parts need not be possible in any encoding.
pub(super) fn regex_template(
    node: &Node,
    names: &mut dyn Names,
    findings: &mut Findings,
) -> Option<Template> {
    read(node, names, false, findings)
}

fn read(
    node: &Node,
    names: &mut dyn Names,
    encoded: bool,
    findings: &mut Findings,
) -> Option<Template> {
    let text = text(node, findings)?;
    let mut pieces = Vec::new();
    let mut sound = true;
    for part in split(text) {
        match part {
            Part::Literal { start, text: part } => {
                let encoding = names.encoding();
                if let Some((offset, code)) = lacks(encoding, &part).filter(|_| encoded) {
                    // A `$${` before it would make this offset too small by one; nothing worse.
                    findings.error(code, spot(node, start + offset, start + offset + 1));
                    sound = false;
                }
                pieces.push(Piece::Literal(part));
            }
            Part::Expression { range, expression } => {
                let place = || spot(node, range.start, range.end);
                let value = match &expression {
                    Ok(expression) => Some(&expression.value),
                    Err(wrong) => wrong.value.as_ref(),
                };
                if let Some(Err(refused)) = value.map(|value| names.check(value, &place)) {
                    sound = false;
                    match refused.related {
                        Some(it) => findings.error_with(refused.code, place(), it),
                        None => findings.error(refused.code, place()),
                    }
                }
                match expression {
                    Ok(expression) => pieces.push(Piece::Expression(expression)),
                    Err(wrong) => {
                        sound = false;
                        let place = spot(node, wrong.range.start, wrong.range.end);
                        findings.error(wrong.code, place);
                    }
                }
            }
        }
    }
    let template = Template {
        pieces,
        place: node.place(),
    };
    if let Size::AtLeast(bytes) = size_of(&template, names)
        && bytes > LONGEST_TEXT
    {
        sound = false;
        let limit = LONGEST_TEXT;
        findings.error(Code::TextTooLong { limit }, node.place());
    }
    sound.then_some(template)
}

enum Part {
    Literal {
        start: usize,
        text: String,
    },
    Expression {
        range: std::ops::Range<usize>,
        expression: Result<Expression, Wrong>,
    },
}

/// What is wrong, and where in the text.
struct Wrong {
    code: Code,
    range: std::ops::Range<usize>,
    /// What stands before it, if that can be understood.
    value: Option<Value>,
}

/// The parts of a text; offsets are bytes of it.
fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut literal_start = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find("${") {
        let dollar = at + found;
        if text[at..dollar].ends_with('$') {
            // `$${` is a literal `${`.
            literal.push_str(&text[at..dollar]);
            literal.push('{');
            at = dollar + 2;
            continue;
        }
        literal.push_str(&text[at..dollar]);
        if !literal.is_empty() {
            let text = std::mem::take(&mut literal);
            let start = literal_start;
            parts.push(Part::Literal { start, text });
        }
        let mut cursor = Cursor {
            text,
            at: dollar + 2,
        };
        let expression = cursor.expression(dollar);
        let end = match &expression {
            Ok(_) => cursor.at,
            // Go on behind the brace that probably ends it.
            Err(_) => text[dollar..]
                .find('}')
                .map_or(text.len(), |end| dollar + end + 1),
        };
        let range = dollar..end;
        parts.push(Part::Expression { range, expression });
        at = end;
        literal_start = end;
    }
    literal.push_str(&text[at..]);
    if !literal.is_empty() {
        parts.push(Part::Literal {
            start: literal_start,
            text: literal,
        });
    }
    parts
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        while let Some(c) = self.peek().filter(|c| wanted(*c)) {
            self.at += c.len_utf8();
        }
        &self.text[start..self.at]
    }

    fn space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn name(&mut self) -> String {
        self.take_while(|c| c.is_alphanumeric() || c == '-' || c == '_')
            .to_owned()
    }

    /// What stands behind the `${` at `dollar`, up to and with the `}`.
    fn expression(&mut self, dollar: usize) -> Result<Expression, Wrong> {
        self.space();
        let value = self.value(dollar)?;
        self.space();
        let mut functions = Vec::new();
        while self.take('|') {
            self.space();
            match self.function(dollar) {
                Ok(function) => functions.push(function),
                Err(wrong) => {
                    let value = Some(value);
                    return Err(Wrong { value, ..wrong });
                }
            }
            self.space();
        }
        if self.take('}') {
            return Ok(Expression { value, functions });
        }
        Err(self.wrong(dollar))
    }

    /// Something that can't be understood stands here.
    fn wrong(&self, dollar: usize) -> Wrong {
        let rest = &self.text[self.at..];
        match rest.find('}') {
            None => Wrong {
                code: Code::Unclosed,
                range: dollar..self.text.len(),
                value: None,
            },
            Some(end) => {
                let found = self.text[dollar..=self.at + end].to_owned();
                Wrong {
                    code: Code::BadExpression { found },
                    range: dollar..self.at + end + 1,
                    value: None,
                }
            }
        }
    }

    fn value(&mut self, dollar: usize) -> Result<Value, Wrong> {
        if self.peek() == Some('"') {
            return self.quoted(dollar).map(Value::Quoted);
        }
        let first = self.name();
        if first.is_empty() {
            return Err(self.wrong(dollar));
        }
        if !self.take('.') {
            return Ok(Value::Name(first));
        }
        let second = self.name();
        if second.is_empty() {
            return Err(self.wrong(dollar));
        }
        Ok(match first.as_str() {
            "token" => Value::Token(second),
            _ => Value::OfActor(first, second),
        })
    }

    /// `"…"`; a backslash takes the next character literally.
    fn quoted(&mut self, dollar: usize) -> Result<String, Wrong> {
        self.take('"');
        let mut quoted = String::new();
        loop {
            let Some(c) = self.peek() else {
                return Err(Wrong {
                    code: Code::Unclosed,
                    range: dollar..self.text.len(),
                    value: None,
                });
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(quoted),
                '\\' => {
                    if let Some(c) = self.peek() {
                        self.at += c.len_utf8();
                        quoted.push(c);
                    }
                }
                c => quoted.push(c),
            }
        }
    }

    fn function(&mut self, dollar: usize) -> Result<Argument, Wrong> {
        let start = self.at;
        let name = self.name();
        if name.is_empty() {
            return Err(self.wrong(dollar));
        }
        let Some((_, most)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            return Err(Wrong {
                code: Code::UnknownFunction {
                    similar: similar(&name, FUNCTIONS.iter().map(|(known, _)| *known)),
                    name,
                },
                range: start..self.at,
                value: None,
            });
        };
        let argument = if self.take('(') {
            self.space();
            let digits = self.take_while(|c| c.is_ascii_digit()).to_owned();
            self.space();
            if !self.take(')') {
                return Err(self.wrong(dollar));
            }
            Some(digits)
        } else {
            None
        };
        let number = argument.as_deref().and_then(|digits| digits.parse().ok());
        let number =
            number.filter(|number: &usize| most.is_some_and(|most| *number as u64 <= most));
        let function = match (name.as_str(), number) {
            ("repeat", Some(number)) => Some(Argument::Repeat(number)),
            ("first", Some(number)) => Some(Argument::First(number)),
            ("last", Some(number)) => Some(Argument::Last(number)),
            (name, None) if argument.is_none() => match name {
                "upper" => Some(Argument::Upper),
                "lower" => Some(Argument::Lower),
                "trim" => Some(Argument::Trim),
                "length" => Some(Argument::Length),
                "bytes" => Some(Argument::Bytes),
                "reply" => Some(Argument::Reply),
                _ => None,
            },
            _ => None,
        };
        function.ok_or(Wrong {
            code: Code::BadArgument {
                function: name,
                most: *most,
            },
            range: start..self.at,
            value: None,
        })
    }
}

/// The place of some bytes of a text, in the file where it was written with quotes, escapes and folded lines.
///
/// Where the two can't be brought together, the place of the whole text.
pub(super) fn spot(node: &Node, start: usize, end: usize) -> Place {
    written(node, start, end).map_or_else(|| node.place(), |span| node.source.place(span))
}

fn written(node: &Node, start: usize, end: usize) -> Option<Span> {
    let super::tree::Value::Text { text, style } = &node.value else {
        return None;
    };
    let source = node.source.text.get(node.span.start..node.span.end)?;
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let mut at = usize::from(quoted);
    let mut from = None;
    for (offset, c) in text.char_indices() {
        // Indentation and line breaks became one character or none.
        let rest = source.get(at..)?;
        let mut space = rest.len() - rest.trim_start().len();
        if !rest.starts_with(c) && space > 0 && c.is_whitespace() {
            space = space.saturating_sub(1);
        }
        if !rest.starts_with(c) {
            at += space;
        }
        if offset >= start && from.is_none() {
            from = Some(at);
        }
        if offset >= end {
            break;
        }
        let rest = source.get(at..)?;
        let escape = *style == ScalarStyle::DoubleQuoted && rest.starts_with('\\');
        at += if escape {
            match rest.as_bytes().get(1)? {
                b'x' => 4,
                b'u' => 6,
                b'U' => 10,
                _ => 1 + rest.get(1..)?.chars().next()?.len_utf8(),
            }
        } else if *style == ScalarStyle::SingleQuoted && rest.starts_with("''") {
            2
        } else if rest.starts_with(c)
            || (c.is_whitespace() && rest.starts_with(char::is_whitespace))
        {
            rest.chars().next()?.len_utf8()
        } else {
            return None;
        };
    }
    let span = node.span.start;
    Some(Span {
        start: span + from?,
        end: span + at,
    })
}

#[cfg(test)]
mod tests {
    use super::super::model::{Argument, Expression, Value};
    use super::{Part, split};

    fn name(name: &str) -> Value {
        Value::Name(name.to_owned())
    }

    fn expression(text: &str) -> Result<Expression, &'static str> {
        match split(text).into_iter().next().unwrap() {
            Part::Expression { expression, .. } => expression.map_err(|wrong| wrong.code.name()),
            Part::Literal { text, .. } => panic!("{text} is literal"),
        }
    }

    #[test]
    fn values_and_functions() {
        let quoted = |text: &str| Value::Quoted(text.to_owned());
        let cases = [
            ("${port}", name("port"), vec![]),
            ("${ port }", name("port"), vec![]),
            ("${token.a-b}", Value::Token("a-b".to_owned()), vec![]),
            (
                "${alice.peer}",
                Value::OfActor("alice".to_owned(), "peer".to_owned()),
                vec![],
            ),
            ("${昵称}", name("昵称"), vec![]),
            (
                r#"${"x"|repeat(3000)}"#,
                quoted("x"),
                vec![Argument::Repeat(3000)],
            ),
            (r#"${"a } | \" \\ b"}"#, quoted(r#"a } | " \ b"#), vec![]),
            (
                "${a | upper|lower | trim|first( 2 )|last(3)|length|bytes|reply}",
                name("a"),
                vec![
                    Argument::Upper,
                    Argument::Lower,
                    Argument::Trim,
                    Argument::First(2),
                    Argument::Last(3),
                    Argument::Length,
                    Argument::Bytes,
                    Argument::Reply,
                ],
            ),
        ];
        for (text, value, functions) in cases {
            let expected = Expression { value, functions };
            assert_eq!(expression(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_within_the_braces() {
        let cases = [
            ("${", "unclosed"),
            ("${a", "unclosed"),
            ("${a|", "unclosed"),
            (r#"${"a}"#, "unclosed"),
            (r#"${"a\"#, "unclosed"),
            ("${a|repeat(3", "unclosed"),
            ("${}", "bad-expression"),
            ("${|upper}", "bad-expression"),
            ("${a.}", "bad-expression"),
            ("${a.b.c}", "bad-expression"),
            ("${a b}", "bad-expression"),
            ("${a|}", "bad-expression"),
            ("${a|repeat(x)}", "bad-expression"),
            ("${a[1]}", "bad-expression"),
            ("${a|Upper}", "unknown-function"),
            ("${a|repeat}", "bad-argument"),
            ("${a|repeat()}", "bad-argument"),
            ("${a|repeat(99999999999999999999999)}", "bad-argument"),
            ("${a|upper()}", "bad-argument"),
        ];
        for (text, code) in cases {
            assert_eq!(expression(text), Err(code), "{text}");
        }
    }

    #[test]
    fn literals_and_expressions_take_turns() {
        let cases = [
            ("", vec![]),
            ("a", vec!["a"]),
            ("a${b}c", vec!["a", "${}", "c"]),
            ("${a}${b}", vec!["${}", "${}"]),
            ("$${a} $ { $", vec!["${a} $ { $"]),
            ("a$${b${c}", vec!["a${b", "${}"]),
            ("$$", vec!["$$"]),
            ("你${a}好", vec!["你", "${}", "好"]),
            ("${a b}c${d}", vec!["${}", "c", "${}"]),
        ];
        for (text, expected) in cases {
            let parts = split(text).into_iter().map(|part| match part {
                Part::Literal { text, .. } => text,
                Part::Expression { .. } => "${}".to_owned(),
            });
            assert_eq!(parts.collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
