//! Reads texts with `${…}` in them.

use serde_yaml::granit_parser::ScalarStyle;

use crate::diagnostic::{Code, Place, Span};
use crate::wire::Encoding;

use super::expression::{Part, split};
use super::findings::Findings;
use super::known::{LONGEST_TEXT, Size, lacks, size_of};
use super::model::{Piece, Template, Value};
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
