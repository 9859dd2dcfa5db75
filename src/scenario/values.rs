//! Reads the simple values: texts, words, numbers, durations, names, and maps with certain keys.

use std::time::Duration;

use crate::diagnostic::{Code, Localized, Shape};

use super::findings::Findings;
use super::grammar::{Form, Kind, Words};
use super::keys::LOCALIZED;
use super::tree::{Entry, Node, Value};

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// With so many names a word is compared, to find what was meant.
const MOST_COMPARED: usize = 200;
const LONGEST_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// The entries of a map whose keys were checked against its form.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    entries: &'n [Entry],
    form: &'static Form,
}

impl<'n> Fields<'n> {
    pub(super) fn get(&self, name: &'static str) -> Option<&'n Node> {
        debug_assert!(
            self.form.key(name).is_some(),
            "{name} is not in the grammar"
        );
        self.entries
            .iter()
            .find(|entry| entry.name == name)
            .map(|entry| &entry.value)
    }

    /// The whole number under a key, in the range of the grammar; `None` if the key is missing or its value was reported.
    pub(super) fn whole(&self, name: &'static str, findings: &mut Findings) -> Option<u64> {
        whole(self.get(name)?, &self.form.key(name)?.kind, findings)
    }
}

pub(super) fn wrong_shape(node: &Node, expected: &[Shape], findings: &mut Findings) {
    let code = Code::WrongShape {
        expected: expected.to_vec(),
        found: node.shape(),
    };
    findings.error(code, node.place());
}

/// The entries of a map of this form, and of no other key.
pub(super) fn fields<'n>(
    node: &'n Node,
    form: &'static Form,
    findings: &mut Findings,
) -> Option<Fields<'n>> {
    let entries = map(node, findings)?;
    for entry in entries {
        if form.key(&entry.name).is_none() {
            unknown_key(entry, form.keys.iter().map(|key| key.name), findings);
        }
    }
    missing_keys(entries, node, form, findings);
    Some(Fields { entries, form })
}

fn missing_keys(entries: &[Entry], node: &Node, form: &Form, findings: &mut Findings) {
    let required = form.keys.iter().filter(|key| key.required);
    let missing = required.filter(|key| {
        entries.iter().all(|entry| {
            // What was probably meant to be it was reported already.
            let known = form.keys.iter().map(|key| key.name);
            let unknown = form.key(&entry.name).is_none();
            let meant = || similar(&entry.name, known);
            entry.name != key.name && !(unknown && meant().as_deref() == Some(key.name))
        })
    });
    let keys: Vec<String> = missing.map(|key| key.name.to_owned()).collect();
    if !keys.is_empty() {
        findings.error(Code::MissingKey { keys }, node.place());
    }
}

pub(super) fn unknown_key(
    entry: &Entry,
    known: impl Iterator<Item = &'static str>,
    findings: &mut Findings,
) {
    let known: Vec<String> = known.map(str::to_owned).collect();
    let code = Code::UnknownKey {
        similar: similar(&entry.name, known.iter().map(String::as_str)),
        key: entry.name.clone(),
        known,
    };
    findings.error(code, entry.key.place());
}

/// The code for a key that only other forms of a choice have.
fn misplaced(entry: &Entry, form: &Form, forms: &'static [Form]) -> Code {
    let with = forms.iter().filter(|form| form.key(&entry.name).is_some());
    Code::NotWithAction {
        key: entry.name.clone(),
        action: form.lead().to_owned(),
        with: with.map(|form| form.lead().to_owned()).collect(),
    }
}

/// The form of a choice that a map takes.
pub(super) enum Chosen<'n> {
    /// This one.
    Form(&'static Form, Fields<'n>),
    /// None or several, by their first keys.
    Leads(Vec<&'n Entry>),
}

/// Which of the forms a map takes, by its first key. The caller reports if it is none or several; keys that no form
/// has, and those that only other forms have, are reported here.
pub(super) fn choose<'n>(
    entries: &'n [Entry],
    node: &'n Node,
    forms: &'static [Form],
    findings: &mut Findings,
) -> Chosen<'n> {
    let of_form = |entry: &&Entry| forms.iter().any(|form| form.lead() == entry.name);
    let leads: Vec<&Entry> = entries.iter().filter(of_form).collect();
    let chosen = match leads.as_slice() {
        [lead] => forms.iter().find(|form| form.lead() == lead.name),
        _ => None,
    };
    for entry in entries {
        let known = forms.iter().any(|form| form.key(&entry.name).is_some());
        match chosen {
            None if !known => {
                let mut names: Vec<&str> = Vec::new();
                for form in forms {
                    for key in form.keys.iter().map(|key| key.name) {
                        if !names.contains(&key) {
                            names.push(key);
                        }
                    }
                }
                unknown_key(entry, names.into_iter(), findings);
            }
            Some(form) if form.key(&entry.name).is_none() => {
                if known {
                    findings.error(misplaced(entry, form, forms), entry.key.place());
                } else {
                    unknown_key(entry, form.keys.iter().map(|key| key.name), findings);
                }
            }
            _ => {}
        }
    }
    match chosen {
        None => Chosen::Leads(leads),
        Some(form) => {
            missing_keys(entries, node, form, findings);
            Chosen::Form(form, Fields { entries, form })
        }
    }
}

/// Of `known`, what `word` was probably meant to be.
pub(super) fn similar<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    // A file with thousands of names, or very long ones, was not written by hand.
    if word.len() > 4 * LONGEST_NAME {
        return None;
    }
    let lower = word.to_lowercase();
    let near = |known: &str| {
        let known = known.to_lowercase();
        // A slip of the fingers, or a word that begins alike.
        let slips = strsim::damerau_levenshtein(&lower, &known);
        let alike = strsim::jaro_winkler(&lower, &known);
        let few = slips <= known.chars().count().div_ceil(4);
        (few || alike > 0.85).then_some(alike - slips as f64)
    };
    known
        .take(MOST_COMPARED)
        .filter(|known| *known != word)
        .filter_map(|known| Some((near(known)?, known)))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known.to_owned())
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
pub(super) fn is_name(text: &str) -> bool {
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
        Value::Map(_) => {
            let fields = fields(node, &LOCALIZED, findings)?;
            // Prose: what looks like `${…}` in it is meant to be read.
            let mut prose = |name| Some(text(fields.get(name)?, findings)?.to_owned());
            let localized = Localized {
                en: prose("en"),
                zh: prose("zh"),
            };
            if fields.entries.is_empty() {
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
    use super::{decimal_of, is_inner_file, is_name, parse_duration, similar};

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

    #[test]
    fn what_was_probably_meant() {
        let known = [
            "expect",
            "send",
            "server",
            "line",
            "utf-8",
            "tcp",
            "max_clients",
        ];
        let cases = [
            ("expct", Some("expect")),
            ("srever", Some("server")),
            ("Send", Some("send")),
            ("lines", Some("line")),
            ("utf8", Some("utf-8")),
            ("tpc", Some("tcp")),
            ("maxclients", Some("max_clients")),
            ("banana", None),
            ("", None),
            ("expect", None),
        ];
        for (word, expected) in cases {
            assert_eq!(
                similar(word, known.into_iter()).as_deref(),
                expected,
                "{word}"
            );
        }
    }
}
