//! Finds whom of the roster a submission is from.

use std::collections::{BTreeMap, BTreeSet};

use super::names::folded;
use super::naming::{Label, Platform};
use super::roll::Known;
use super::roster::Roster;

/// What a submission is recognised by.
pub(super) struct Sought<'a> {
    pub(super) label: &'a Label,
    /// Names of what is inside.
    pub(super) inside: &'a [String],
}

/// Whom of the roster it is from: rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nobody,
    One(usize, Known),
    /// The name names all of them.
    Together(Vec<usize>),
    /// It could be each of them.
    Ambiguous(Vec<usize>),
}

/// The roster's cells, ready to be looked up.
pub(super) struct Matching {
    /// Keys that are one word.
    keys: BTreeMap<String, usize>,
    /// Keys of several words or with signs in them.
    odd_keys: Vec<(String, usize)>,
    /// Numbers of Moodle and Canvas.
    numbers: BTreeMap<String, usize>,
    /// Other columns that tell people apart.
    columns: Vec<(String, BTreeMap<String, usize>)>,
    names: BTreeMap<String, BTreeSet<usize>>,
    /// Any row of a group.
    groups: BTreeMap<String, usize>,
}

/// Columns with a number of Moodle (`Participant 123`) or Canvas.
const NUMBERS: [&str; 9] = [
    "identifier",
    "识别码",
    "識別碼",
    "标识符",
    "identificador",
    "id",
    "canvas id",
    "canvas user id",
    "user id",
];
/// Columns with whole names.
const NAMES: [&str; 9] = [
    "姓名",
    "学生姓名",
    "名字",
    "name",
    "full name",
    "fullname",
    "student",
    "student name",
    "学生",
];
/// Columns with first names and with last names.
const PARTS: [(&str, &str); 5] = [
    ("first name", "last name"),
    ("firstname", "lastname"),
    ("first name", "surname"),
    ("given name", "family name"),
    ("名", "姓"),
];
/// Keys this short are met by accident: they must stand in front or alone.
const SHORT: usize = 4;

impl Matching {
    pub(super) fn new(roster: &Roster) -> Matching {
        let titles: Vec<String> = roster.columns.iter().map(|title| folded(title)).collect();
        let mut matching = Matching {
            keys: BTreeMap::new(),
            odd_keys: Vec::new(),
            numbers: BTreeMap::new(),
            columns: Vec::new(),
            names: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        for (index, row) in roster.rows.iter().enumerate() {
            let key = folded(&row.key);
            if words(&key).len() == 1 && letters(&key) == key {
                matching.keys.insert(key, index);
            } else {
                matching.odd_keys.push((key, index));
            }
            for (title, cell) in titles.iter().zip(&row.cells) {
                if NUMBERS.contains(&title.as_str()) {
                    matching
                        .numbers
                        .extend(number(cell).map(|number| (number, index)));
                }
                if NAMES.contains(&title.as_str()) {
                    matching.name(cell, index);
                }
            }
            for (first, last) in PARTS {
                let cell = |title: &str| titles.iter().position(|own| own == title);
                if let (Some(first), Some(last)) = (cell(first), cell(last)) {
                    matching.name(&format!("{}, {}", row.cells[last], row.cells[first]), index);
                }
            }
            if let Some(group) = roster.group {
                let group = letters(&folded(&row.cells[group]));
                if !group.is_empty() {
                    matching.groups.entry(group).or_insert(index);
                }
            }
            let own = number(&row.key).into_iter();
            for number in own {
                matching.numbers.entry(number).or_insert(index);
            }
        }
        matching.columns = other_columns(roster, &titles);
        matching
    }

    /// All orders in which a name is written.
    fn name(&mut self, cell: &str, row: usize) {
        let cell = folded(cell);
        let mut forms = vec![letters(&cell)];
        let turned = match cell.split_once(',') {
            Some((last, first)) => Some(format!("{first}{last}")),
            None => cell
                .trim()
                .rsplit_once(' ')
                .map(|(first, last)| format!("{last}{first}")),
        };
        forms.extend(turned.map(|turned| letters(&turned)));
        for form in forms.into_iter().filter(|form| !form.is_empty()) {
            self.names.entry(form).or_default().insert(row);
        }
    }

    pub(super) fn find(&self, sought: &Sought<'_>) -> Found {
        let label = sought.label;
        if let Some(row) = label
            .number
            .as_ref()
            .and_then(|number| self.numbers.get(&folded(number)))
        {
            return Found::One(*row, Known::Number);
        }
        let name = folded(&label.name);
        if let Some(row) = self.groups.get(&letters(&name)) {
            return Found::One(*row, Known::Group);
        }
        let by_key = self.by_key(&name);
        if let Some(found) = several(by_key, Known::Key) {
            return found;
        }
        let files = label
            .file
            .iter()
            .chain(sought.inside)
            .map(|file| folded(file));
        let inside: BTreeSet<usize> = files.flat_map(|file| self.by_key(&file)).collect();
        if inside.len() == 1 {
            return several(inside, Known::Inside).unwrap_or(Found::Nobody);
        }
        for (title, cells) in &self.columns {
            let rows: BTreeSet<usize> = joined(&words(&name))
                .iter()
                .filter_map(|words| cells.get(words).copied())
                .collect();
            if let (1, Some(row)) = (rows.len(), rows.first()) {
                return Found::One(*row, Known::Column(title.clone()));
            }
        }
        let whole = self.names.get(&letters(&name)).cloned();
        let rows = match (whole, label.by) {
            (Some(rows), _) => rows,
            (None, Platform::Nobody) => {
                let joined = joined(&words(&name));
                let mut rows = joined.iter().filter_map(|words| self.names.get(words));
                let first = rows.next().cloned().unwrap_or_default();
                // Two names are two people.
                rows.fold(first, |all, more| all.union(more).copied().collect())
            }
            _ => BTreeSet::new(),
        };
        match rows.len() {
            0 => {}
            1 => return several(rows, Known::Name).unwrap_or(Found::Nobody),
            _ => return Found::Ambiguous(rows.into_iter().collect()),
        }
        if label.by == Platform::Nobody {
            let joined = joined(&words(&name));
            let group = joined.iter().find_map(|words| self.groups.get(words));
            if let Some(row) = group {
                return Found::One(*row, Known::Group);
            }
        }
        Found::Nobody
    }

    /// Rows whose key stands in a name.
    fn by_key(&self, name: &str) -> BTreeSet<usize> {
        let words = words(name);
        let found = words.iter().enumerate().filter_map(|(at, word)| {
            let row = self.keys.get(*word)?;
            (at == 0 || word.chars().count() >= SHORT).then_some(*row)
        });
        let odd = self.odd_keys.iter().filter(|(key, _)| stands_in(key, name));
        found.chain(odd.map(|(_, row)| *row)).collect()
    }
}

fn several(rows: BTreeSet<usize>, known: Known) -> Option<Found> {
    match rows.len() {
        0 => None,
        1 => rows.first().map(|row| Found::One(*row, known)),
        _ => Some(Found::Together(rows.into_iter().collect())),
    }
}

/// Columns in which no two people have the same, other than names, marks and other short things.
fn other_columns(roster: &Roster, titles: &[String]) -> Vec<(String, BTreeMap<String, usize>)> {
    let mut columns = Vec::new();
    for (column, title) in titles.iter().enumerate() {
        let is_name = NAMES.contains(&title.as_str())
            || PARTS
                .iter()
                .any(|(first, last)| title == first || title == last);
        if is_name || column == roster.key || Some(column) == roster.group {
            continue;
        }
        let mut cells = BTreeMap::new();
        let is_telling = roster.rows.iter().enumerate().all(|(index, row)| {
            let cell = letters(&folded(&row.cells[column]));
            let telling = cell.chars().count() >= SHORT
                && row.cells[column]
                    .chars()
                    .any(|c| c.is_ascii_digit() || c == '@');
            cell.is_empty() || (telling && cells.insert(cell, index).is_none())
        });
        if is_telling && !cells.is_empty() {
            columns.push((roster.columns[column].clone(), cells));
        }
    }
    columns
}

/// The number at the end of `123` or `Participant 123`.
fn number(cell: &str) -> Option<String> {
    let cell = cell.trim();
    let last = cell.rsplit(' ').next().unwrap_or(cell);
    let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && cell.split(' ').count() <= 2).then(|| last.to_owned())
}

/// Letters and digits only.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a name is made of: a word ends at anything but letters and digits, and where Latin letters and digits meet others.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut last) = (0, None);
    for (at, c) in text.char_indices() {
        let kind = c.is_alphanumeric().then(|| c.is_ascii());
        if kind != last {
            if last.is_some() {
                words.push(&text[start..at]);
            }
            (start, last) = (at, kind);
        }
    }
    if last.is_some() {
        words.push(&text[start..]);
    }
    words
}

/// Words, and up to four neighbours in one.
fn joined(words: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for count in 1..=4 {
        all.extend(words.windows(count).map(|words| words.concat()));
    }
    all
}

/// Whether `key` stands in `name` and does not go on on either side.
fn stands_in(key: &str, name: &str) -> bool {
    let goes_on = |one: Option<char>, other: Option<char>| match (one, other) {
        (Some(one), Some(other)) => {
            one.is_alphanumeric() && other.is_alphanumeric() && one.is_ascii() == other.is_ascii()
        }
        _ => false,
    };
    !key.is_empty()
        && name.match_indices(key).any(|(at, _)| {
            let (before, behind) = (&name[..at], &name[at + key.len()..]);
            !goes_on(before.chars().next_back(), key.chars().next())
                && !goes_on(key.chars().next_back(), behind.chars().next())
        })
}

/// What somebody of the roster is called: the name, else the key.
pub(super) fn name_of(row: &super::roster::Row, roster: &Roster) -> String {
    let titles: Vec<String> = roster.columns.iter().map(|title| folded(title)).collect();
    let cell = |title: &str| {
        let at = titles.iter().position(|own| own == title)?;
        row.cells.get(at).filter(|cell| !cell.is_empty()).cloned()
    };
    let parted = || {
        PARTS.iter().find_map(|(first, last)| {
            let (first, last) = (cell(first)?, cell(last)?);
            let is_latin = first.is_ascii() && last.is_ascii();
            Some(if is_latin {
                format!("{first} {last}")
            } else {
                format!("{last}{first}")
            })
        })
    };
    NAMES
        .iter()
        .find_map(|title| cell(title))
        .or_else(parted)
        .unwrap_or_else(|| row.key.clone())
}
