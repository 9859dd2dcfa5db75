//! The text of a sheet (SpreadsheetML, ECMA-376 part 1, 18.3.1), changed cell by cell.

use std::ops::Range;

use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::grid::{Cell, Grid, Line, Value, written};
use super::workbook::{Gathered, attribute, unreadable};
use super::{Changes, Unfillable};

/// More columns than any sheet can have (18.3.1.4 and Excel's own limit: XFD).
const MOST_COLUMNS: usize = 16_384;

/// A sheet's text, and where its cells are.
pub(super) struct Worksheet {
    text: String,
    grid: Grid,
    rows: Vec<Row>,
}

/// Where a row is.
#[derive(Default)]
struct Row {
    cells: Vec<Place>,
    /// Where its last cell ends, or would.
    end: usize,
    /// What stands before the names of its elements, such as `x:`.
    prefix: String,
}

struct Place {
    column: usize,
    range: Range<usize>,
    style: Option<String>,
}

impl Worksheet {
    pub(super) fn read(text: String, shared: &[String]) -> Result<Worksheet, Unfillable> {
        let mut worksheet = Worksheet {
            text: String::new(),
            grid: Grid::default(),
            rows: Vec::new(),
        };
        // The reader doesn't count it.
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut reader = Reader::from_str(&text[mark..]);
        let mut cell: Option<Reading> = None;
        loop {
            let start = mark + position(&reader);
            let event = reader.read_event().map_err(unreadable)?;
            let end = mark + position(&reader);
            match &event {
                Event::Start(tag) if is(tag, "row") => worksheet.begin_row(tag, end),
                Event::Start(tag) if is(tag, "c") => {
                    cell = Some(worksheet.begin_cell(tag, start)?);
                }
                Event::Empty(tag) if is(tag, "c") => {
                    let reading = worksheet.begin_cell(tag, start)?;
                    worksheet.end_cell(reading, end, shared);
                }
                Event::End(tag) if tag.local_name().as_ref() == "c" => {
                    if let Some(reading) = cell.take() {
                        worksheet.end_cell(reading, end, shared);
                    }
                }
                Event::End(tag) if tag.local_name().as_ref() == "row" => {
                    if let Some(row) = worksheet.rows.last_mut() {
                        row.end = start;
                    }
                }
                Event::Eof => break,
                event => {
                    if let Some(reading) = &mut cell {
                        reading.formula |=
                            matches!(event, Event::Start(tag) | Event::Empty(tag) if is(tag, "f"));
                        reading.gathered.hear(event);
                    }
                }
            }
        }
        worksheet.text = text;
        Ok(worksheet)
    }

    pub(super) fn grid(&self) -> &Grid {
        &self.grid
    }

    fn begin_row(&mut self, tag: &BytesStart<'_>, end: usize) {
        let before = self.grid.lines.last().map_or(0, |line| line.number);
        let number = attribute(tag, "r").and_then(|number| number.parse().ok());
        self.grid.lines.push(Line {
            number: number.unwrap_or(before + 1),
            ..Line::default()
        });
        let name = tag.name();
        let prefix = name.as_ref().strip_suffix("row").unwrap_or_default();
        self.rows.push(Row {
            cells: Vec::new(),
            end,
            prefix: prefix.to_owned(),
        });
    }

    fn begin_cell(&self, tag: &BytesStart<'_>, start: usize) -> Result<Reading, Unfillable> {
        let row = self
            .rows
            .last()
            .ok_or_else(|| unreadable("a cell outside a row"))?;
        let next = row.cells.last().map_or(0, |place| place.column + 1);
        let column = attribute(tag, "r").and_then(|name| column(&name));
        let column = column.unwrap_or(next);
        if column >= MOST_COLUMNS {
            return Err(unreadable("too many columns"));
        }
        Ok(Reading {
            place: Place {
                column,
                range: start..start,
                style: attribute(tag, "s"),
            },
            kind: attribute(tag, "t").unwrap_or_default(),
            formula: false,
            gathered: Gathered::default(),
        })
    }

    fn end_cell(&mut self, reading: Reading, end: usize, shared: &[String]) {
        let Reading {
            mut place,
            kind,
            formula,
            gathered,
        } = reading;
        let text = match kind.as_str() {
            "s" => {
                let index = gathered.text.trim().parse().ok();
                let text = index.and_then(|index: usize| shared.get(index));
                text.cloned().unwrap_or_default()
            }
            "" | "n" => plain_number(gathered.text),
            _ => gathered.text,
        };
        place.range.end = end;
        if let (Some(line), Some(row)) = (self.grid.lines.last_mut(), self.rows.last_mut()) {
            line.cells.insert(place.column, Cell { text, formula });
            row.cells.push(place);
        }
    }

    /// The whole text with other values in some cells.
    pub(super) fn rewritten(&self, changes: &Changes) -> String {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for ((line, column), value) in changes {
            let Some(row) = self.rows.get(*line) else {
                continue;
            };
            let name = format!("{}{}", letters(*column), self.grid.number(*line));
            let place = row.cells.iter().find(|place| place.column == *column);
            let range = match place {
                Some(place) => place.range.clone(),
                None => {
                    let next = row.cells.iter().find(|place| place.column > *column);
                    let at = next.map_or(row.end, |place| place.range.start);
                    at..at
                }
            };
            let style = place.and_then(|place| place.style.as_deref());
            edits.push((range, cell(&row.prefix, &name, style, value)));
        }
        // Lines need not be in order. The sort is stable: cells put into one place stay in theirs.
        edits.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(self.text.len() + edits.len() * 64);
        let mut copied = 0;
        for (range, new) in edits {
            out.push_str(&self.text[copied..range.start]);
            out.push_str(&new);
            copied = range.end;
        }
        out.push_str(&self.text[copied..]);
        out
    }
}

/// A cell while it is read.
struct Reading {
    place: Place,
    /// What its value is: a number, the number of a shared text, a text (18.18.11).
    kind: String,
    formula: bool,
    gathered: Gathered,
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref() == name
}

/// The element of a cell.
fn cell(prefix: &str, name: &str, style: Option<&str>, value: &Value) -> String {
    let style = style.map_or_else(String::new, |style| format!(" s=\"{}\"", escape(style)));
    let p = prefix;
    match value {
        Value::Number(number) => {
            let number = written(*number);
            format!("<{p}c r=\"{name}\"{style}><{p}v>{number}</{p}v></{p}c>")
        }
        Value::Text(text) => {
            // What XML 1.0 can't hold (2.2).
            let allowed = |c: &char| !c.is_control() || matches!(c, '\t' | '\n');
            let text: String = text.chars().filter(allowed).collect();
            let text = escape(text.as_str());
            format!(
                "<{p}c r=\"{name}\"{style} t=\"inlineStr\"><{p}is><{p}t xml:space=\"preserve\">{text}</{p}t></{p}is></{p}c>"
            )
        }
    }
}

/// Student numbers may be stored as `2.024010001E9`.
fn plain_number(text: String) -> String {
    match text.trim().parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        _ => text,
    }
}

/// The column of a cell's name, from 0: that of `C7` is 2.
fn column(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}

/// The name of a column: that of 2 is `C`.
fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::{column, letters, plain_number};

    #[test]
    fn columns_have_names() {
        for (number, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (16_383, "XFD"),
        ] {
            assert_eq!(letters(number), name);
            assert_eq!(column(&format!("{name}12")), Some(number));
        }
        assert_eq!(column("12"), None);
    }

    #[test]
    fn whole_numbers_are_written_out() {
        assert_eq!(plain_number("2.024010001E9".to_owned()), "2024010001");
        assert_eq!(plain_number("12.5".to_owned()), "12.5");
        assert_eq!(plain_number(String::new()), "");
    }
}
