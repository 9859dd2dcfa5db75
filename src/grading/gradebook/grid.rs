//! What the cells of a table say, wherever the table comes from.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// What it says.
    pub(super) text: String,
    /// Whether that is computed.
    pub(super) formula: bool,
}

/// A line of cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// As people count, from 1.
    pub(super) number: usize,
    /// By column, from 0.
    pub(super) cells: BTreeMap<usize, Cell>,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    pub(super) lines: Vec<Line>,
}

impl Grid {
    pub(super) fn cell(&self, line: usize, column: usize) -> Option<&Cell> {
        self.lines.get(line)?.cells.get(&column)
    }

    /// The number of a line, as people count.
    pub(super) fn number(&self, line: usize) -> usize {
        self.lines.get(line).map_or(0, |line| line.number)
    }
}

/// What is written into a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
}

/// The number in a cell, with a decimal point or a decimal comma.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+');
    if !text.chars().all(plain) {
        return None;
    }
    text.replacen(',', ".", 1).parse().ok()
}

/// A mark as it is written: no more places than Moodle keeps (`grade_grades.finalgrade` is NUMBER(10, 5)), no zeros behind.
pub(super) fn written(number: f64) -> String {
    let text = format!("{number:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

/// A name or key without what people don't see: blanks around it, full-width forms, case.
pub(super) fn folded(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    text.nfkc().collect::<String>().to_lowercase()
}

/// `text` so that no spreadsheet takes it for a formula (OWASP, CSV Injection).
pub(super) fn harmless(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{3000}']).chars().next();
    // NFKC, because some take full-width forms for the plain ones.
    let first = first.and_then(|c| c.nfkc().next());
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{folded, harmless, number, written};

    #[test]
    fn numbers_are_read_and_written() {
        assert_eq!(number("17.50"), Some(17.5));
        assert_eq!(number("17,50"), Some(17.5));
        assert_eq!(number("-"), None);
        assert_eq!(number("1,234.5"), None);
        assert_eq!(number("inf"), None);
        let cases = [
            (17.5, "17.5"),
            (12.0, "12"),
            (0.1 + 0.2, "0.3"),
            (20.0 / 3.0, "6.66667"),
            (-0.000_001, "0"),
            (100.0, "100"),
        ];
        for (value, text) in cases {
            assert_eq!(written(value), text);
        }
    }

    #[test]
    fn names_are_the_same_whatever_the_width_of_their_letters() {
        assert_eq!(folded(" 成绩（录入项）\u{a0}"), folded("成绩(录入项)"));
        assert_eq!(folded("\u{feff}Identifier"), "identifier");
    }

    #[test]
    fn nothing_becomes_a_formula() {
        for text in ["=HYPERLINK(\"x\")", " +1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("12 of 20"), "12 of 20");
    }
}
