//! Reads the simple values: texts, words, numbers, durations, names, bytes.

use std::time::Duration;

use crate::diagnostic::{Code, Localized, Shape};
use crate::wire::is_close_code;

use super::findings::Findings;
use super::forms::fields;
use super::grammar::{Kind, Words};
use super::keys::{CLOSE_CODE, LOCALIZED};
use super::similar::similar;
use super::tree::{Entry, Node, Value};

/// The longest name, in characters.
pub(super) const LONGEST_NAME: usize = 60;

const LONGEST_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn wrong_shape(node: &Node, expected: &[Shape], findings: &mut Findings) {
    let code = Code::WrongShape {
        expected: expected.to_vec(),
        found: node.shape(),
    };
    findings.error(code, node.place());
}

pub(super) fn map<'n>(node: &'n Node, findings: &mut Findings) -> Option<&'n [Entry]> {
    match &node.value {
        Value::Map(entries) => Some(entries),
        _ => {
            wrong_shape(node, &[Shape::Map], findings);
            None
        }
    }
}

pub(super) fn list<'n>(node: &'n Node, findings: &mut Findings) -> Option<&'n [Node]> {
    match &node.value {
        Value::List(items) => Some(items),
        _ => {
            wrong_shape(node, &[Shape::List], findings);
            None
        }
    }
}

/// One value, or a list of values.
pub(super) fn one_or_more(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// A text as it stands, `${…}` and all.
pub(super) fn text<'n>(node: &'n Node, findings: &mut Findings) -> Option<&'n str> {
    let text = node.text();
    if text.is_none() {
        wrong_shape(node, &[Shape::Text], findings);
    }
    text
}

/// A text that must not hold `${…}`.
pub(super) fn plain(node: &Node, findings: &mut Findings) -> Option<String> {
    let text = text(node, findings)?;
    if text.contains("${") {
        findings.error(Code::NoExpressionHere, node.place());
        return None;
    }
    Some(text.to_owned())
}

/// The meaning of a word of a table.
pub(super) fn word<T: Clone>(
    node: &Node,
    table: &'static Words<T>,
    findings: &mut Findings,
) -> Option<T> {
    let text = text(node, findings)?;
    let meaning = table.iter().find(|(word, _)| *word == text);
    if meaning.is_none() {
        unknown_word(node, text, table.iter().map(|(word, _)| *word), findings);
    }
    meaning.map(|(_, meaning)| meaning.clone())
}

/// The meaning of a word that another module knows.
pub(super) fn parsed<T>(
    node: &Node,
    parse: impl Fn(&str) -> Option<T>,
    known: impl Iterator<Item = &'static str>,
    findings: &mut Findings,
) -> Option<T> {
    let text = text(node, findings)?;
    let meaning = parse(text);
    if meaning.is_none() {
        unknown_word(node, text, known, findings);
    }
    meaning
}

pub(super) fn unknown_word(
    node: &Node,
    word: &str,
    known: impl Iterator<Item = &'static str>,
    findings: &mut Findings,
) {
    let known: Vec<String> = known.map(str::to_owned).collect();
    let code = Code::UnknownWord {
        word: word.to_owned(),
        similar: similar(word, known.iter().map(String::as_str)),
        known,
    };
    findings.error(code, node.place());
}

pub(super) fn boolean(node: &Node, findings: &mut Findings) -> Option<bool> {
    match node.text() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => {
            wrong_shape(node, &[Shape::Bool], findings);
            None
        }
    }
}

/// `true`, where `false` would make no sense.
pub(super) fn only_true(node: &Node, findings: &mut Findings) -> Option<()> {
    if node.text() == Some("true") {
        return Some(());
    }
    wrong_shape(node, &[Shape::True], findings);
    None
}

/// A whole number of the range of a [`Kind::Number`].
pub(super) fn whole(node: &Node, kind: &Kind, findings: &mut Findings) -> Option<u64> {
    let (least, most) = range(kind);
    let text = text(node, findings)?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    let number = number.filter(|number| (least..=most).contains(number));
    if number.is_none() {
        bad_number(node, text, least, most, true, findings);
    }
    number
}

/// A code that a close frame of WebSocket can have.
pub(super) fn close_code(node: &Node, findings: &mut Findings) -> Option<u16> {
    let code = whole(node, &CLOSE_CODE, findings)?;
    let sound = u16::try_from(code).ok().filter(|code| is_close_code(*code));
    if sound.is_none() {
        findings.error(Code::CloseCode { code }, node.place());
    }
    sound
}

/// A number of the range of a [`Kind::Number`], with or without a decimal point.
pub(super) fn decimal(node: &Node, kind: &Kind, findings: &mut Findings) -> Option<f64> {
    let (least, most) = range(kind);
    let text = text(node, findings)?;
    let number = decimal_of(text).filter(|number| (least as f64..=most as f64).contains(number));
    if number.is_none() {
        bad_number(node, text, least, most, false, findings);
    }
    number
}

fn range(kind: &Kind) -> (u64, u64) {
    debug_assert!(matches!(kind, Kind::Number { .. }));
    match kind {
        Kind::Number { least, most, .. } => (*least, *most),
        _ => (0, u64::MAX),
    }
}

fn bad_number(
    node: &Node,
    text: &str,
    least: u64,
    most: u64,
    whole: bool,
    findings: &mut Findings,
) {
    let code = Code::BadNumber {
        found: text.to_owned(),
        least,
        most,
        whole,
    };
    findings.error(code, node.place());
}

/// Digits, with or without a decimal point between them: no sign, exponent, `inf` or `nan`.
fn decimal_of(text: &str) -> Option<f64> {
    let (front, back) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(front) && digits(back) && text.len() <= 30)
        .then(|| text.parse().ok())
        .flatten()
}

/// More than nothing, and at most a day.
pub(super) fn duration(node: &Node, findings: &mut Findings) -> Option<Duration> {
    let text = text(node, findings)?;
    let duration = parse_duration(text);
    if duration.is_none() {
        let found = text.to_owned();
        findings.error(Code::BadDuration { found }, node.place());
    }
    duration
}

/// `500ms`, `10s`, `1.5m`: more than nothing, and at most a day.
pub fn parse_duration(text: &str) -> Option<Duration> {
    duration_of(text).filter(|it| !it.is_zero() && *it <= LONGEST_DURATION)
}

fn duration_of(text: &str) -> Option<Duration> {
    // "ms" before "m" and "s", of which it is made.
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0)];
    let (number, seconds) = units
        .iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    Duration::try_from_secs_f64(decimal_of(number.trim_end())? * seconds).ok()
}

/// A name that an author may give: letters of any script, digits, `-` and `_`, a letter first.
pub fn is_name(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        && text.chars().count() <= LONGEST_NAME
}

pub(super) fn name(node: &Node, findings: &mut Findings) -> Option<String> {
    let text = text(node, findings)?;
    check_name(text, node, findings)?;
    Some(text.to_owned())
}

/// Reports `text`, which stands at `node`, if it is no name.
pub(super) fn check_name(text: &str, node: &Node, findings: &mut Findings) -> Option<()> {
    if is_name(text) {
        return Some(());
    }
    let found = text.to_owned();
    findings.error(Code::BadName { found }, node.place());
    None
}

/// A text, for readers of any language, or one for each.
pub(super) fn localized(node: &Node, findings: &mut Findings) -> Option<Localized> {
    match &node.value {
        Value::Map(entries) => {
            let fields = fields(node, &LOCALIZED, findings)?;
            // Prose: what looks like `${…}` in it is meant to be read.
            let mut prose = |name| Some(text(fields.get(name)?, findings)?.to_owned());
            let localized = Localized {
                en: prose("en"),
                zh: prose("zh"),
            };
            if entries.is_empty() {
                findings.error(Code::NoLanguage, node.place());
            }
            Some(localized)
        }
        Value::Text { text, .. } => Some(Localized {
            en: Some(text.clone()),
            zh: None,
        }),
        Value::Nothing | Value::List(_) => {
            wrong_shape(node, &[Shape::Text, Shape::Map], findings);
            None
        }
    }
}

/// Pairs of hexadecimal digits, with or without white space between them.
pub(super) fn hex(node: &Node, findings: &mut Findings) -> Option<Vec<u8>> {
    let text = text(node, findings)?;
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let bytes = digits.filter(|digits| digits.len() % 2 == 0).map(|digits| {
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    });
    if bytes.is_none() {
        let found = text.to_owned();
        findings.error(Code::BadHex { found }, node.place());
    }
    bytes
}

/// A file below the folder of the file that names it.
pub(super) fn file_name(node: &Node, findings: &mut Findings) -> Option<String> {
    let text = plain(node, findings)?;
    if is_inner_file(&text) {
        return Some(text);
    }
    findings.error(Code::BadFileName { name: text }, node.place());
    None
}

/// Whether a path stays below the folder that it starts from.
pub(super) fn is_inner_file(path: &str) -> bool {
    !path.starts_with('/')
        && !path.contains(['\\', '\0'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::{decimal_of, is_inner_file, is_name, parse_duration};

    #[test]
    fn durations() {
        let cases = [
            ("10s", Some(10_000)),
            ("500ms", Some(500)),
            ("1.5m", Some(90_000)),
            ("3 s", Some(3_000)),
            ("1440m", Some(86_400_000)),
            ("1441m", None),
            ("0s", None),
            ("10", None),
            ("s", None),
            ("-1s", None),
            ("1h", None),
            ("1e3s", None),
            ("infs", None),
            ("１s", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let duration = parse_duration(text).map(|it| it.as_millis());
            assert_eq!(duration, expected, "{text}");
        }
    }

    #[test]
    fn numbers() {
        for (text, expected) in [("2", Some(2.0)), ("0.5", Some(0.5)), ("007", Some(7.0))] {
            assert_eq!(decimal_of(text), expected, "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "inf",
            "nan",
            "1,5",
            "0x1",
            &"9".repeat(40),
        ] {
            assert_eq!(decimal_of(text), None, "{text}");
        }
    }

    #[test]
    fn names() {
        for name in ["alice", "a-b_c", "张三", "é2", &"a".repeat(60)] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "",
            "1a",
            "-a",
            "_a",
            "a.b",
            "a b",
            "a[1]",
            "a|b",
            &"a".repeat(61),
        ] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn files_below_the_folder() {
        for path in ["a.txt", "a/b.txt", "..a", "a..b", "-"] {
            assert!(is_inner_file(path), "{path}");
        }
        for path in ["", "/a", "a/", "a//b", "./a", "..", "a/../b", "a\\b", "a\0"] {
            assert!(!is_inner_file(path), "{path}");
        }
    }
}
