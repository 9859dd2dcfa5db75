//! Which column is which, and which row is whose.

use std::collections::{BTreeMap, BTreeSet};

use super::super::class::Class;
use super::grid::{Grid, folded};
use super::{Order, Unfillable};

/// Headings stand among the first so many lines: some platforms write a title above them.
const HEADING_WITHIN: usize = 30;

/// Where the columns are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    heading: usize,
    key: usize,
    pub(super) mark: usize,
    pub(super) comment: Option<usize>,
}

/// Whose row a line is, as far as the template says it.
pub(super) struct Key {
    pub(super) line: usize,
    /// As it stands there.
    pub(super) written: String,
    /// The number behind a word that all rows share, such as Moodle's `Participant 1234`.
    number: Option<String>,
}

impl Columns {
    pub(super) fn find(grid: &Grid, order: &Order) -> Result<Columns, Unfillable> {
        let names = [Some(&order.key), Some(&order.mark), order.comment.as_ref()];
        let names: Vec<&String> = names.into_iter().flatten().collect();
        let lines = grid.lines.len().min(HEADING_WITHIN);
        // The heading is the line that has most of the names; where none has any, the one with most cells.
        let found = |line: usize| {
            let found = names
                .iter()
                .filter(|name| !places(grid, line, name).is_empty());
            (found.count(), grid.lines[line].cells.len())
        };
        let heading = (0..lines).rev().max_by_key(|line| found(*line));
        let heading = heading.unwrap_or(0);
        let column = |name: &String| match places(grid, heading, name)[..] {
            [column] => Ok(column),
            [] => Err(Unfillable::NoColumn {
                name: name.clone(),
                there: headings(grid, heading),
            }),
            [..] => Err(Unfillable::TwoColumns { name: name.clone() }),
        };
        Ok(Columns {
            heading,
            key: column(&order.key)?,
            mark: column(&order.mark)?,
            comment: order.comment.as_ref().map(column).transpose()?,
        })
    }

    /// The rows below the heading that say whose they are.
    pub(super) fn keys(&self, grid: &Grid) -> Vec<Key> {
        let mut keys: Vec<Key> = (self.heading + 1..grid.lines.len())
            .filter_map(|line| {
                let written = grid.cell(line, self.key)?.text.trim();
                (!written.is_empty()).then(|| Key {
                    line,
                    written: written.to_owned(),
                    number: None,
                })
            })
            .collect();
        let words: BTreeSet<Option<&str>> = keys.iter().map(|key| word(&key.written)).collect();
        if let [Some(word)] = words.into_iter().collect::<Vec<_>>()[..] {
            let length = word.len();
            for key in &mut keys {
                key.number = Some(key.written[length..].trim().to_owned());
            }
        }
        keys
    }
}

/// The columns of that name in a line: those that have it to the letter, else those that look the same.
fn places(grid: &Grid, line: usize, name: &str) -> Vec<usize> {
    let Some(line) = grid.lines.get(line) else {
        return Vec::new();
    };
    let with = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let cells = line.cells.iter().filter(|(_, cell)| is(&cell.text));
        cells.map(|(column, _)| *column).collect()
    };
    let exact = with(&|text| text.trim() == name.trim());
    match exact.is_empty() {
        true => with(&|text| folded(text) == folded(name)),
        false => exact,
    }
}

fn headings(grid: &Grid, line: usize) -> Vec<String> {
    let cells = grid
        .lines
        .get(line)
        .into_iter()
        .flat_map(|line| &line.cells);
    let texts = cells.map(|(_, cell)| cell.text.trim());
    texts
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The word before a number, with the blank behind it; letters of other scripts need no blank.
fn word(text: &str) -> Option<&str> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let apart = digits.ends_with(char::is_whitespace) || !digits.is_ascii();
    let is_word = !digits.is_empty() && !digits.contains(|c: char| c.is_ascii_digit());
    (is_word && apart && digits.len() < text.len()).then_some(digits)
}

/// Who goes by which key.
pub(super) struct Directory<'a> {
    /// The place in `members`.
    by_id: BTreeMap<&'a str, usize>,
    members: Vec<Person<'a>>,
}

/// Somebody who should have a row.
pub(super) struct Person<'a> {
    pub(super) key: &'a str,
    /// The place of the submission in the class.
    pub(super) submission: usize,
}

impl<'a> Directory<'a> {
    /// Everybody goes by the own key, and by what the roster says in a column that is called as the template's is.
    pub(super) fn new(class: &'a Class, column: &str) -> Result<Directory<'a>, Unfillable> {
        let mut directory = Directory {
            by_id: BTreeMap::new(),
            members: Vec::new(),
        };
        let column = folded(column);
        for (submission, graded) in class.submissions.iter().enumerate() {
            let members = graded.members.iter().map(|it| (&it.key, Some(&it.roster)));
            // A group may be called otherwise than its members.
            let alone = graded.members.is_empty().then_some((&graded.key, None));
            for (key, roster) in members.chain(alone) {
                let listed = roster.into_iter().flatten();
                let listed = listed.filter(|(name, _)| folded(name) == column);
                let ids = listed.map(|(_, value)| value.trim()).chain([key.trim()]);
                let place = directory.members.len();
                directory.members.push(Person { key, submission });
                for id in ids.filter(|id| !id.is_empty()) {
                    let other = directory.by_id.insert(id, place);
                    if let Some(other) = other.filter(|other| *other != place) {
                        return Err(Unfillable::TwoStudents {
                            key: id.to_owned(),
                            students: [other, place]
                                .map(|place| directory.members[place].key.to_owned())
                                .to_vec(),
                        });
                    }
                }
            }
        }
        Ok(directory)
    }

    /// Whose row it is: the place among all who should have one.
    pub(super) fn find(&self, key: &Key) -> Option<usize> {
        let known = |text: &str| self.by_id.get(text).copied();
        known(&key.written).or_else(|| known(key.number.as_deref()?))
    }

    pub(super) fn person(&self, place: usize) -> &Person<'a> {
        &self.members[place]
    }

    /// The keys of all who are at none of these places.
    pub(super) fn others(&self, seen: &BTreeMap<usize, Vec<usize>>) -> Vec<String> {
        let members = self.members.iter().enumerate();
        let others = members.filter(|(place, _)| !seen.contains_key(place));
        others.map(|(_, person)| person.key.to_owned()).collect()
    }
}
