//! The list of everybody who should have handed something in: a table with a row for each, of any course system.

mod sheet;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::names::folded;

/// A list of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The columns' titles, in the order of the file.
    pub columns: Vec<String>,
    /// The rows that have a key, in the order of the file.
    pub rows: Vec<Row>,
    /// Lines of rows that hold something, but no key.
    pub keyless: Vec<usize>,
    /// Which column is the key.
    pub(super) key: usize,
    /// Which column is the group.
    pub(super) group: Option<usize>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line in the file, from 1.
    pub line: usize,
    /// Tells this row from all others.
    pub key: String,
    /// A cell for each column.
    pub cells: Vec<String>,
}

impl Row {
    /// The cells by the title of their column.
    pub(super) fn by_column(&self, columns: &[String]) -> BTreeMap<String, String> {
        columns
            .iter()
            .cloned()
            .zip(self.cells.iter().cloned())
            .collect()
    }
}

/// Why a roster can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterError {
    /// The system does not let it be read.
    Unreadable {
        /// As named.
        path: PathBuf,
        /// The system's message, or what is wrong with the file.
        message: String,
    },
    /// It is no table: neither CSV nor a workbook.
    NoTable {
        /// As named.
        path: PathBuf,
    },
    /// There is nobody in it.
    Empty {
        /// As named.
        path: PathBuf,
    },
    /// It has no column of this title.
    NoColumn {
        /// As named.
        path: PathBuf,
        /// The title that was asked for; `None`: none of the usual ones is there.
        wanted: Option<String>,
        /// The titles there are.
        columns: Vec<String>,
    },
    /// Two columns have this title.
    ColumnTwice {
        /// As named.
        path: PathBuf,
        /// The title.
        column: String,
    },
    /// Keys that stand in several rows.
    KeyTwice {
        /// As named.
        path: PathBuf,
        /// The key column's title.
        column: String,
        /// Each such key and its lines.
        keys: Vec<(String, Vec<usize>)>,
    },
}

/// A table as it stands in a file: lines from 1, and the cells of each.
type Table = Vec<(usize, Vec<String>)>;

/// Columns that tell people apart, as course systems call them; the first that is there.
const KEYS: [&str; 18] = [
    "学号",
    "學號",
    "学生学号",
    "学号/工号",
    "student id",
    "student number",
    "studentid",
    "id number",
    "matriculation number",
    "sis user id",
    "sis login id",
    "username",
    "login",
    "identifier",
    "识别码",
    "email address",
    "email",
    "id",
];

/// Reads a roster: CSV (comma, semicolon or tab; UTF-8, UTF-16 with a mark, or GB 18030) or a workbook (xlsx, xls; its first sheet with
/// rows). `key` and `group` are titles of columns; without `key` a usual one is taken.
///
/// # Errors
///
/// It can't be read, or what is in it can't tell people apart.
pub fn read_roster(
    path: &Path,
    key: Option<&str>,
    group: Option<&str>,
) -> Result<Roster, RosterError> {
    let bytes = std::fs::read(path).map_err(|error| RosterError::Unreadable {
        path: path.to_owned(),
        message: error.to_string(),
    })?;
    let table = if sheet::is_workbook(&bytes) {
        sheet::read(bytes).map_err(|message| RosterError::Unreadable {
            path: path.to_owned(),
            message,
        })?
    } else {
        table::read(&bytes).ok_or_else(|| RosterError::NoTable {
            path: path.to_owned(),
        })?
    };
    roster(path, table, key, group)
}

fn roster(
    path: &Path,
    table: Table,
    key: Option<&str>,
    group: Option<&str>,
) -> Result<Roster, RosterError> {
    let path = path.to_owned();
    let is_empty = |cells: &[String]| cells.iter().all(|cell| cell.is_empty());
    let table: Table = table
        .into_iter()
        .filter(|(_, cells)| !is_empty(cells))
        .collect();
    // A heading may stand above the titles.
    const ABOVE: usize = 10;
    let has = |cells: &[String], title: &str| cells.iter().any(|cell| is_title(cell, title));
    let titles = table.iter().take(ABOVE).position(|(_, cells)| match key {
        Some(key) => has(cells, key),
        None => KEYS.iter().any(|key| has(cells, key)),
    });
    let at = titles.unwrap_or(0);
    let Some((_, columns)) = table.get(at) else {
        return Err(RosterError::Empty { path });
    };
    let columns = columns.clone();
    let column = |wanted: Option<&str>, usual: &[&str]| {
        let found = |title: &str| {
            let mut found = columns
                .iter()
                .enumerate()
                .filter(|(_, own)| is_title(own, title));
            let first = found.next().map(|(index, _)| index);
            first.map(|first| (first, found.next().is_some()))
        };
        let found = match wanted {
            Some(wanted) => found(wanted),
            None => usual.iter().find_map(|usual| found(usual)),
        };
        match found {
            Some((index, false)) => Ok(index),
            Some((index, true)) => Err(RosterError::ColumnTwice {
                path: path.clone(),
                column: columns[index].clone(),
            }),
            None => Err(RosterError::NoColumn {
                path: path.clone(),
                wanted: wanted.map(str::to_owned),
                columns: columns
                    .iter()
                    .filter(|title| !title.is_empty())
                    .cloned()
                    .collect(),
            }),
        }
    };
    let key = column(key, &KEYS)?;
    let group = group.map(|group| column(Some(group), &[])).transpose()?;
    let (mut rows, mut keyless) = (Vec::new(), Vec::new());
    for (line, mut cells) in table.into_iter().skip(at + 1) {
        cells.resize(columns.len(), String::new());
        match cells[key].clone() {
            empty if empty.is_empty() => keyless.push(line),
            key => rows.push(Row { line, key, cells }),
        }
    }
    if rows.is_empty() {
        return Err(RosterError::Empty { path });
    }
    let mut lines: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in &rows {
        lines.entry(folded(&row.key)).or_default().push(row.line);
    }
    let twice = rows.iter().filter_map(|row| {
        let lines = lines.get(&folded(&row.key))?;
        (lines.len() > 1 && lines[0] == row.line).then(|| (row.key.clone(), lines.clone()))
    });
    let keys: Vec<_> = twice.collect();
    if !keys.is_empty() {
        let column = columns[key].clone();
        return Err(RosterError::KeyTwice { path, column, keys });
    }
    Ok(Roster {
        columns,
        rows,
        keyless,
        key,
        group,
    })
}

/// Whether a cell is this title, however it is written.
fn is_title(cell: &str, title: &str) -> bool {
    folded(cell.trim()) == folded(title.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], key: Option<&str>, group: Option<&str>) -> Result<Roster, RosterError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roster.csv");
        std::fs::write(&path, text).unwrap();
        let mut read = read_roster(&path, key, group);
        if let Err(
            RosterError::Unreadable { path, .. }
            | RosterError::NoTable { path }
            | RosterError::Empty { path }
            | RosterError::NoColumn { path, .. }
            | RosterError::ColumnTwice { path, .. }
            | RosterError::KeyTwice { path, .. },
        ) = &mut read
        {
            *path = "roster.csv".into();
        }
        read
    }

    fn keys(roster: &Roster) -> Vec<(usize, &str)> {
        roster
            .rows
            .iter()
            .map(|row| (row.line, row.key.as_str()))
            .collect()
    }

    #[test]
    fn tables_of_all_kinds_are_read() {
        let gbk = encoding_rs::GBK
            .encode("学号,姓名\n1,张三\n")
            .0
            .into_owned();
        let utf16: Vec<u8> = "\u{feff}学号\t姓名\r\n1\t张三\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for text in [
            "学号,姓名\n1,张三\n".as_bytes(),
            "\u{feff}学号;姓名\r\n1;张三\r\n".as_bytes(),
            "学号\t姓名\n\n1\t张三\n".as_bytes(),
            "  学号 ,姓名\n\"1\",\"张三\"".as_bytes(),
            &gbk,
            &utf16,
        ] {
            let roster = read(text, None, None).unwrap();
            assert_eq!(roster.rows[0].cells, ["1", "张三"], "{text:?}");
            assert_eq!(roster.columns, ["学号", "姓名"]);
        }
    }

    #[test]
    fn the_key_is_the_column_that_is_named_or_a_usual_one() {
        let text = b"Name,Login,Student ID\nA,a,1\nB,b,2\n";
        assert_eq!(keys(&read(text, None, None).unwrap()), [(2, "1"), (3, "2")]);
        assert_eq!(
            keys(&read(text, Some("login"), None).unwrap()),
            [(2, "a"), (3, "b")]
        );
        assert_eq!(
            read(text, Some("Numer"), None),
            Err(RosterError::NoColumn {
                path: "roster.csv".into(),
                wanted: Some("Numer".into()),
                columns: vec!["Name".into(), "Login".into(), "Student ID".into()],
            })
        );
        assert!(matches!(
            read(text, None, Some("team")),
            Err(RosterError::NoColumn { .. })
        ));
        assert!(matches!(
            read(b"a,b\n1,2\n", None, None),
            Err(RosterError::NoColumn { wanted: None, .. })
        ));
        assert_eq!(
            read(b"id,id\n1,2\n", None, None),
            Err(RosterError::ColumnTwice {
                path: "roster.csv".into(),
                column: "id".into()
            })
        );
        // Titles below a heading, and a row without a key.
        let roster = read(b"Class 7,\nid,name\n1,a\n,nobody\n", None, None).unwrap();
        assert_eq!(keys(&roster), [(3, "1")]);
        assert_eq!(roster.keyless, [4]);
    }

    #[test]
    fn keys_that_stand_in_several_rows_are_all_named() {
        assert_eq!(
            read(b"id\n1\n2\n\n1\na\nA\n", None, None),
            Err(RosterError::KeyTwice {
                path: "roster.csv".into(),
                column: "id".into(),
                keys: vec![("1".into(), vec![2, 5]), ("a".into(), vec![6, 7])],
            })
        );
    }

    #[test]
    fn what_is_no_roster_is_refused() {
        assert_eq!(
            read(b"", None, None),
            Err(RosterError::Empty {
                path: "roster.csv".into()
            })
        );
        assert_eq!(
            read(b"id,name\n", None, None),
            Err(RosterError::Empty {
                path: "roster.csv".into()
            })
        );
        assert_eq!(
            read(b"\x00\x01\x02\xff", None, None),
            Err(RosterError::NoTable {
                path: "roster.csv".into()
            })
        );
        assert!(matches!(
            read(b"PK\x03\x04 no workbook", None, None),
            Err(RosterError::Unreadable { .. })
        ));
        assert!(matches!(
            read_roster(Path::new("/nowhere/roster.csv"), None, None),
            Err(RosterError::Unreadable { .. })
        ));
    }
}
