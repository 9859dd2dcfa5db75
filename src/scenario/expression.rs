//! The parts of a text with `${…}` in it, and what stands within the braces. Knows no file.

use crate::diagnostic::Code;

use super::grammar::FUNCTIONS;
use super::model::{Argument, Expression, Value};
use super::similar::similar;

/// A part of a text.
pub(super) enum Part {
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
pub(super) struct Wrong {
    pub(super) code: Code,
    pub(super) range: std::ops::Range<usize>,
    /// What stands before it, if that can be understood.
    pub(super) value: Option<Value>,
}

/// The parts of a text; offsets are bytes of it.
pub(super) fn split(text: &str) -> Vec<Part> {
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

#[cfg(test)]
mod tests {
    use super::{Argument, Expression, Part, Value, split};

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
