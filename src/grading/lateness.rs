//! How late somebody was, as a column of the roster tells.

use super::class::{Late, Submitted};
use super::finding::Roll;

/// Why a column doesn't tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LateError {
    /// The roster has no such column; those that it has.
    NoColumn(String, Vec<String>),
    /// What stands there for this key is no length of time.
    BadTime {
        /// Whose.
        key: String,
        /// What stands there.
        found: String,
    },
}

/// Lets the roster's column say how late the attempts are that count, whatever the platform says. Of a group the latest.
///
/// Empty and 0: not late. A number alone: days. Else a number and `m`, `h` or `d`.
///
/// # Errors
///
/// There is no such column, or something else stands in it.
pub fn tell_late(roll: &mut Roll, column: &str) -> Result<(), LateError> {
    if !roll.columns.iter().any(|known| known == column) {
        return Err(LateError::NoColumn(column.to_owned(), roll.columns.clone()));
    }
    for entry in &mut roll.entries {
        let Submitted::Files(handin) = &mut entry.submitted else {
            continue;
        };
        let mut latest = None;
        for member in &entry.members {
            let Some(cell) = member.roster.get(column) else {
                continue;
            };
            let seconds = seconds(cell).ok_or_else(|| LateError::BadTime {
                key: member.key.clone(),
                found: cell.clone(),
            })?;
            latest = latest.max(Some(seconds));
        }
        match latest {
            None => {}
            Some(0) => handin.late = Late::No,
            Some(seconds) => handin.late = Late::By(seconds),
        }
    }
    Ok(())
}

fn seconds(cell: &str) -> Option<u64> {
    const DAY: f64 = 24.0 * 60.0 * 60.0;
    let cell = cell.trim();
    if cell.is_empty() {
        return Some(0);
    }
    let units = [("m", 60.0), ("h", 60.0 * 60.0), ("d", DAY)];
    let unit = units.iter().find(|(unit, _)| cell.ends_with(unit));
    let (number, seconds) = match unit {
        Some((unit, seconds)) => (cell.strip_suffix(unit)?, *seconds),
        None => (cell, DAY),
    };
    let number: f64 = number.trim_end().parse().ok()?;
    // A year is long enough for anybody.
    (0.0..=366.0 * DAY)
        .contains(&(number * seconds))
        .then(|| (number * seconds).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_in_cells() {
        let cases = [
            ("", Some(0)),
            ("0", Some(0)),
            (" 1 ", Some(86_400)),
            ("1.5d", Some(129_600)),
            ("90m", Some(5_400)),
            ("2 h", Some(7_200)),
            ("-1", None),
            ("NaN", None),
            ("inf", None),
            ("1e300", None),
            ("soon", None),
            ("h", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(seconds(cell), expected, "{cell:?}");
        }
    }
}
