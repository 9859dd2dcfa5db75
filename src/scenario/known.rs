//! What can be said of a text before anything runs: its value or its length, and whether an encoding can express it.

use crate::diagnostic::Code;
use crate::wire::Encoding;

use super::model::{Argument, Expression, Piece, Template, Value};
use super::template::Names;

/// The longest text that a scenario may make, in bytes.
pub(super) const LONGEST_TEXT: u64 = 64 << 20;

/// Up to here a text is made to be looked at, in bytes.
const LONGEST_MADE: usize = 16 << 10;

/// What is known of a text.
pub(super) enum Size {
    /// All of it.
    Is(String),
    /// That it has at least so many bytes.
    AtLeast(u64),
}

impl Size {
    /// Its bytes in an encoding, at least.
    pub(super) fn bytes(&self, encoding: Encoding) -> u64 {
        match self {
            Size::Is(text) => length_in(encoding, text),
            Size::AtLeast(bytes) => *bytes,
        }
    }
}

/// What is known of the text that a template becomes.
pub(super) fn size_of(template: &Template, names: &dyn Names) -> Size {
    let mut whole = Size::Is(String::new());
    for piece in &template.pieces {
        let piece = match piece {
            Piece::Literal(text) => Size::Is(text.clone()),
            Piece::Expression(expression) => size_of_expression(expression, names),
        };
        whole = match (whole, piece) {
            (Size::Is(mut text), Size::Is(more)) if text.len() + more.len() <= LONGEST_MADE => {
                text.push_str(&more);
                Size::Is(text)
            }
            (whole, piece) => {
                let encoding = names.encoding();
                Size::AtLeast(whole.bytes(encoding).saturating_add(piece.bytes(encoding)))
            }
        };
    }
    whole
}

fn size_of_expression(expression: &Expression, names: &dyn Names) -> Size {
    let start = match &expression.value {
        Value::Quoted(text) => Size::Is(text.clone()),
        Value::Name(name) => match names.value(name) {
            Some(value) => Size::Is(value.to_owned()),
            None => Size::AtLeast(0),
        },
        // Never empty.
        Value::Token(_) | Value::OfActor(..) => Size::AtLeast(1),
    };
    expression
        .functions
        .iter()
        .fold(start, |size, function| match (size, function) {
            (Size::Is(text), function) => apply(text, *function, names.encoding()),
            (Size::AtLeast(bytes), Argument::Repeat(times)) => {
                Size::AtLeast(bytes.saturating_mul(*times as u64))
            }
            // A character has at most four bytes, and its other case one at least (the Kelvin sign becomes a k).
            (Size::AtLeast(bytes), Argument::Upper | Argument::Lower) => {
                Size::AtLeast(bytes.div_ceil(4))
            }
            (Size::AtLeast(bytes), Argument::First(most) | Argument::Last(most)) => {
                Size::AtLeast(bytes.div_ceil(4).min(*most as u64))
            }
            (Size::AtLeast(_), Argument::Length | Argument::Bytes) => Size::AtLeast(1),
            (Size::AtLeast(_), Argument::Trim | Argument::Reply) => Size::AtLeast(0),
        })
}

fn apply(text: String, function: Argument, encoding: Encoding) -> Size {
    Size::Is(match function {
        Argument::Upper => text.to_uppercase(),
        Argument::Lower => text.to_lowercase(),
        Argument::Trim => text.trim().to_owned(),
        Argument::Repeat(times) if text.len().saturating_mul(times) > LONGEST_MADE => {
            let bytes = length_in(encoding, &text);
            return Size::AtLeast(bytes.saturating_mul(times as u64));
        }
        Argument::Repeat(times) => text.repeat(times),
        Argument::First(most) => text.chars().take(most).collect(),
        Argument::Last(most) => {
            let skip = text.chars().count().saturating_sub(most);
            text.chars().skip(skip).collect()
        }
        Argument::Length => text.chars().count().to_string(),
        Argument::Bytes => length_in(encoding, &text).to_string(),
        Argument::Reply => return Size::AtLeast(0),
    })
}

fn length_in(encoding: Encoding, text: &str) -> u64 {
    match encoding {
        Encoding::Utf8 => text.len() as u64,
        // One byte for ASCII, two for all others that they have.
        Encoding::Gbk | Encoding::Gb2312 => {
            text.chars().map(|c| 1 + u64::from(!c.is_ascii())).sum()
        }
    }
}

/// The first character that an encoding lacks, and where in the text (in bytes) it stands.
pub(super) fn lacks(encoding: Encoding, text: &str) -> Option<(usize, Code)> {
    let character = encoding.encode(text).err()?;
    let encoding = encoding.name().to_owned();
    let code = Code::NotEncodable {
        character,
        encoding,
    };
    Some((text.find(character)?, code))
}

#[cfg(test)]
mod tests {
    use super::{Size, size_of};
    use crate::diagnostic::Place;
    use crate::scenario::findings::Findings;
    use crate::scenario::model::Value;
    use crate::scenario::source::Source;
    use crate::scenario::template::{Checked, Names, template};
    use crate::scenario::tree::parse;
    use crate::wire::Encoding;

    struct Anything(Encoding);

    impl Names for Anything {
        fn check(&mut self, _: &Value, _: &dyn Fn() -> Place) -> Checked {
            Ok(())
        }

        fn value(&self, name: &str) -> Option<&str> {
            (name == "known").then_some("四个字符")
        }

        fn encoding(&self) -> Encoding {
            self.0
        }
    }

    fn size(text: &str, encoding: Encoding) -> Size {
        let source = Source::new("f", format!("a: '{text}'"));
        let mut findings = Findings::default();
        let node = parse(&source, &mut findings).unwrap();
        let mut names = Anything(encoding);
        let template = template(node.get("a").unwrap(), &mut names, &mut findings).unwrap();
        size_of(&template, &names)
    }

    #[test]
    fn what_is_known_is_computed() {
        let cases = [
            ("abc", "abc"),
            (r#"${"ab"|upper|repeat(2)}!"#, "ABAB!"),
            ("${known|first(2)|repeat(2)}", "四个四个"),
            ("${known|last(1)}", "符"),
            ("${known|length}", "4"),
            (r#"${" a "|trim}"#, "a"),
            (r#"${"x"|repeat(0)}"#, ""),
        ];
        for (text, expected) in cases {
            match size(text, Encoding::Utf8) {
                Size::Is(known) => assert_eq!(known, expected, "{text}"),
                Size::AtLeast(bytes) => panic!("{text}: only {bytes} bytes are known"),
            }
        }
        for (encoding, bytes) in [(Encoding::Utf8, "12"), (Encoding::Gbk, "8")] {
            assert!(matches!(size("${known|bytes}", encoding), Size::Is(known) if known == bytes));
        }
    }

    #[test]
    fn what_is_not_known_has_a_least_length() {
        let cases = [
            ("${token.a}", 1),
            ("${caught}", 0),
            ("ab${token.a}", 3),
            ("${token.a|repeat(50)}", 50),
            ("${token.a|repeat(50)|first(3)}", 3),
            ("${token.a|repeat(50)|upper}", 13),
            ("${token.a|trim}", 0),
            ("${token.a|length}", 1),
            (r#"${"好"|repeat(1000000)}"#, 3_000_000),
        ];
        for (text, expected) in cases {
            match size(text, Encoding::Utf8) {
                Size::Is(known) => panic!("{text} is not known: {known}"),
                Size::AtLeast(bytes) => assert_eq!(bytes, expected, "{text}"),
            }
        }
    }
}
