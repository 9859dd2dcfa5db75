//! A gradebook that a platform gave for download, filled with a class's marks.
//!
//! Only the cells of marks and comments are written, in rows whose student has a mark; every other byte stays as it was. Must not make up rows
//! or columns: what doesn't fit is told.

mod delimited;
mod grid;
mod joining;
mod workbook;
mod worksheet;

use std::collections::BTreeMap;

use super::class::{Class, Graded};
use delimited::Delimited;
use grid::{Grid, Value};
use joining::{Columns, Directory};
use workbook::Workbook;

/// The columns of a template, by their names in its heading.
#[derive(Clone, Debug)]
pub struct Order {
    /// Where it says whose row it is.
    pub key: String,
    /// Where the mark belongs.
    pub mark: String,
    /// Where a comment belongs.
    pub comment: Option<String>,
}

/// A template with the marks in it.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Rows that got a mark.
    pub marked: usize,
    /// Those of them that held another mark before.
    pub replaced: usize,
    /// Rows left as they are, because nothing is known about them: their keys as the template writes them.
    pub unknown: Vec<String>,
    /// Rows left as they are, because their student's mark is empty: their keys.
    pub unmarked: Vec<String>,
    /// Rows left as they are, because of what stands where the mark belongs (a formula, `EX`): key, and what that is.
    pub kept: Vec<(String, String)>,
    /// Keys of the class that no row has.
    pub missing: Vec<String>,
}

/// Why a template can't be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfillable {
    /// An Excel file of the form before 2007.
    OldExcel,
    /// A zip archive, but no workbook that can be read.
    NotAWorkbook {
        /// What is wrong with it.
        message: String,
    },
    /// Neither a workbook nor a text in UTF-8 or GB 18030.
    NotText,
    /// A quote that is never closed.
    OpenQuote {
        /// The line in which it opens, from 1.
        line: usize,
    },
    /// No row has a cell with this name.
    NoColumn {
        /// The name.
        name: String,
        /// What stands in the row that looks most like a heading.
        there: Vec<String>,
    },
    /// More than one cell of the heading has this name.
    TwoColumns {
        /// The name.
        name: String,
    },
    /// More than one row has this key.
    TwoRows {
        /// The key.
        key: String,
        /// Their numbers, from 1.
        rows: Vec<usize>,
    },
    /// More than one submission of the class goes by this key.
    TwoStudents {
        /// The key.
        key: String,
        /// Their own keys.
        students: Vec<String>,
    },
    /// No row has any of the class's keys: most likely the wrong column.
    NobodyFound {
        /// The name of the column.
        name: String,
        /// A key that stands there.
        there: Option<String>,
        /// A key of the class.
        wanted: Option<String>,
    },
}

/// Fills `template`; `comment` says what belongs beside a mark.
///
/// # Errors
///
/// Says what is wrong with the template or the order. Nothing is guessed.
pub fn fill_gradebook(
    template: &[u8],
    order: &Order,
    class: &Class,
    comment: impl Fn(&Graded) -> String,
) -> Result<Filled, Unfillable> {
    if template.starts_with(b"PK\x03\x04") {
        let mut workbook = Workbook::read(template)?;
        // The first sheet with such a heading.
        let mut failed = None;
        for sheet in workbook.sheets() {
            let worksheet = workbook.sheet(&sheet)?;
            match plan(worksheet.grid(), order, class, &comment) {
                Ok((filled, changes)) => {
                    let sheet_bytes = worksheet.rewritten(&changes);
                    let bytes = workbook.rewritten(&sheet, &sheet_bytes)?;
                    return Ok(Filled { bytes, ..filled });
                }
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        return Err(failed.unwrap_or(Unfillable::NotAWorkbook {
            message: "it has no sheets".to_owned(),
        }));
    }
    // [MS-CFB] 2.2: what every compound file begins with.
    if template.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(Unfillable::OldExcel);
    }
    let mut failed = None;
    for delimited in Delimited::read(template)? {
        let planned = delimited.and_then(|delimited| {
            let (filled, changes) = plan(delimited.grid(), order, class, &comment)?;
            let bytes = delimited.rewritten(&changes);
            Ok(Filled { bytes, ..filled })
        });
        match planned {
            Ok(filled) => return Ok(filled),
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    Err(failed.unwrap_or(Unfillable::NotText))
}

/// New values for cells, by line and column of the grid.
type Changes = BTreeMap<(usize, usize), Value>;

/// What is to be written where.
fn plan(
    grid: &Grid,
    order: &Order,
    class: &Class,
    comment: &impl Fn(&Graded) -> String,
) -> Result<(Filled, Changes), Unfillable> {
    let columns = Columns::find(grid, order)?;
    let directory = Directory::new(class, &order.key)?;
    let keys = columns.keys(grid);
    let mut filled = Filled {
        bytes: Vec::new(),
        marked: 0,
        replaced: 0,
        unknown: Vec::new(),
        unmarked: Vec::new(),
        kept: Vec::new(),
        missing: Vec::new(),
    };
    let mut changes = Changes::new();
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for key in &keys {
        let Some(place) = directory.find(key) else {
            filled.unknown.push(key.written.clone());
            continue;
        };
        let number = grid.number(key.line);
        rows.entry(place).or_default().push(number);
        let graded = &class.submissions[directory.person(place).submission];
        let Some(mark) = graded.mark.points.filter(|mark| mark.is_finite()) else {
            filled.unmarked.push(key.written.clone());
            continue;
        };
        let before = grid.cell(key.line, columns.mark);
        if let Some(cell) = before
            && (cell.formula || cell.text.trim().eq_ignore_ascii_case("EX"))
        {
            filled
                .kept
                .push((key.written.clone(), cell.text.trim().to_owned()));
            continue;
        }
        let text = before.map_or("", |cell| cell.text.trim());
        // Platforms write `-` where there is no mark yet.
        let differs = grid::number(text) != Some(mark);
        filled.replaced += usize::from(differs && !matches!(text, "" | "-"));
        filled.marked += 1;
        changes.insert((key.line, columns.mark), Value::Number(mark));
        if let Some(column) = columns.comment {
            let formula = grid.cell(key.line, column).is_some_and(|cell| cell.formula);
            if !formula {
                let text = grid::harmless(&comment(graded));
                changes.insert((key.line, column), Value::Text(text));
            }
        }
    }
    if let Some((place, rows)) = rows.iter().find(|(_, rows)| rows.len() > 1) {
        return Err(Unfillable::TwoRows {
            key: directory.person(*place).key.to_owned(),
            rows: rows.clone(),
        });
    }
    filled.missing = directory.others(&rows);
    if rows.is_empty() {
        return Err(Unfillable::NobodyFound {
            name: order.key.clone(),
            there: keys.first().map(|key| key.written.clone()),
            wanted: filled.missing.first().cloned(),
        });
    }
    Ok((filled, changes))
}

#[cfg(test)]
mod tests;
