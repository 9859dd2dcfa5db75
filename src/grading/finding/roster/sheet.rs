//! Reads workbooks: xlsx, and the older xls.

use std::io::Cursor;

use calamine::{DataType, Reader, Xls, Xlsx};

use super::Table;

/// More cells than any roster has.
const MOST: usize = 2_000_000;

/// Whether a file begins as a workbook does.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

/// The first sheet that has rows.
///
/// # Errors
///
/// What is wrong with the file, in the words of who reads it.
pub(super) fn read(bytes: Vec<u8>) -> Result<Table, String> {
    if bytes.starts_with(b"PK") {
        newer(bytes)
    } else {
        older(bytes)
    }
}

fn newer(bytes: Vec<u8>) -> Result<Table, String> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    for sheet in book.sheet_names() {
        // Cell by cell: a lone cell far out would else make a table of all that lies between.
        let mut cells = book
            .worksheet_cells_reader(&sheet)
            .map_err(|error| error.to_string())?;
        let mut table = Table::new();
        let mut count = 0;
        while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
            let (row, column) = cell.get_position();
            let (line, column) = (row as usize + 1, column as usize);
            let text = shown(cell.get_value());
            if text.is_empty() {
                continue;
            }
            if table.last().is_none_or(|(last, _)| *last != line) {
                table.push((line, Vec::new()));
            }
            if let Some((_, cells)) = table.last_mut() {
                let wanted = cells.len().max(column + 1);
                count += wanted - cells.len();
                if count > MOST {
                    return Err(format!("more than {MOST} cells"));
                }
                cells.resize(wanted, String::new());
                cells[column] = text;
            }
        }
        if !table.is_empty() {
            return Ok(table);
        }
    }
    Ok(Table::new())
}

fn older(bytes: Vec<u8>) -> Result<Table, String> {
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    for (_, range) in book.worksheets() {
        let first = range.start().map_or(0, |(row, _)| row as usize);
        let rows = range.rows().enumerate();
        let table: Table = rows
            .map(|(row, cells)| (first + row + 1, cells.iter().map(shown).collect()))
            .collect();
        if !table.is_empty() {
            return Ok(table);
        }
    }
    Ok(Table::new())
}

/// A cell as a reader sees it: whole numbers without a point.
fn shown(cell: &impl DataType) -> String {
    match cell.get_float() {
        Some(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
        Some(number) => number.to_string(),
        None => match cell.get_string() {
            Some(text) => text.trim().to_owned(),
            None => cell.as_string().unwrap_or_default().trim().to_owned(),
        },
    }
}
