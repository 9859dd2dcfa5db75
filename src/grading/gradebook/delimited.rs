//! Text with separators between the cells (CSV), changed cell by cell.
//!
//! Worked on as bytes: what isn't changed can't change, whatever the encoding. In UTF-8 and GB 18030 no part of a longer character looks like a
//! separator, a quote or a line end.

use std::ops::Range;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

use super::grid::{Cell, Grid, Line, Value, number, written};
use super::{Changes, Unfillable};

/// Such a text, read with one of the separators.
pub(super) struct Delimited<'a> {
    bytes: &'a [u8],
    encoding: &'static Encoding,
    separator: u8,
    grid: Grid,
    /// Where each cell of each line is, its quotes included.
    places: Vec<Vec<Range<usize>>>,
}

impl<'a> Delimited<'a> {
    /// Reads it with each separator that gradebooks come with; the likeliest first.
    pub(super) fn read(
        bytes: &'a [u8],
    ) -> Result<Vec<Result<Delimited<'a>, Unfillable>>, Unfillable> {
        let encoding = encoding(bytes)?;
        let mut separators = [b',', b';', b'\t'];
        separators.sort_by_key(|it| std::cmp::Reverse(memchr::memchr_iter(*it, bytes).count()));
        let read = |separator| Delimited::with(bytes, encoding, separator);
        Ok(separators.into_iter().map(read).collect())
    }

    fn with(
        bytes: &'a [u8],
        encoding: &'static Encoding,
        separator: u8,
    ) -> Result<Delimited<'a>, Unfillable> {
        let mut delimited = Delimited {
            bytes,
            encoding,
            separator,
            grid: Grid::default(),
            places: Vec::new(),
        };
        let mark: &[u8] = b"\xef\xbb\xbf";
        let mut at = if bytes.starts_with(mark) { 3 } else { 0 };
        let mut number = 1;
        while at < bytes.len() {
            let mut line = Line {
                number,
                ..Line::default()
            };
            let mut places = Vec::new();
            loop {
                let start = at;
                at = end_of_cell(bytes, start, separator).ok_or_else(|| {
                    let before = bytes[..start].iter().filter(|byte| **byte == b'\n');
                    Unfillable::OpenQuote {
                        line: before.count() + 1,
                    }
                })?;
                let text = delimited.text(&bytes[start..at]);
                let formula = false;
                line.cells.insert(places.len(), Cell { text, formula });
                places.push(start..at);
                if bytes.get(at) != Some(&separator) {
                    break;
                }
                at += 1;
            }
            delimited.grid.lines.push(line);
            delimited.places.push(places);
            number += 1;
            at += match &bytes[at..] {
                [b'\r', b'\n', ..] => 2,
                [] => 0,
                _ => 1,
            };
        }
        Ok(delimited)
    }

    pub(super) fn grid(&self) -> &Grid {
        &self.grid
    }

    /// What a cell says, without its quotes.
    fn text(&self, cell: &[u8]) -> String {
        let decoded = |bytes: &[u8]| {
            let (text, _) = self.encoding.decode_without_bom_handling(bytes);
            text.into_owned()
        };
        match cell.strip_prefix(b"\"") {
            Some(quoted) => {
                let text = decoded(quoted);
                let text = text.strip_suffix('"').unwrap_or(&text);
                text.replace("\"\"", "\"")
            }
            None => decoded(cell),
        }
    }

    /// The whole text with other values in some cells.
    pub(super) fn rewritten(&self, changes: &Changes) -> Vec<u8> {
        let comma = self.has_decimal_commas(changes);
        let mut out = Vec::with_capacity(self.bytes.len() + changes.len() * 16);
        let mut copied = 0;
        for ((line, column), value) in changes {
            let Some(places) = self.places.get(*line) else {
                continue;
            };
            let text = match value {
                Value::Number(number) if comma => written(*number).replace('.', ","),
                Value::Number(number) => written(*number),
                Value::Text(text) => text.clone(),
            };
            match places.get(*column) {
                Some(place) => {
                    out.extend(&self.bytes[copied..place.start]);
                    let was_quoted = self.bytes[place.clone()].starts_with(b"\"");
                    out.extend(self.cell(&text, was_quoted));
                    copied = place.end;
                }
                // The line breaks off before this column.
                None => {
                    let end = places.last().map_or(0, |place| place.end);
                    let last = changes.range((*line, 0)..(*line, *column)).next_back();
                    let last = last.map_or(0, |((_, column), _)| *column);
                    let there = (places.len() - 1).max(last);
                    if copied < end {
                        out.extend(&self.bytes[copied..end]);
                        copied = end;
                    }
                    out.extend(std::iter::repeat_n(self.separator, column - there));
                    out.extend(self.cell(&text, false));
                }
            }
        }
        out.extend(&self.bytes[copied..]);
        out
    }

    /// A text as a cell: quoted where it must be, or was.
    fn cell(&self, text: &str, quoted: bool) -> Vec<u8> {
        let separator = char::from(self.separator);
        let special = |c: char| c == separator || matches!(c, '"' | '\r' | '\n');
        let quoted = quoted || text.contains(special) || text.trim() != text;
        let text = match quoted {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        };
        if self.encoding == UTF_8 {
            return text.into_bytes();
        }
        // Only what GBK has, too: few programs read the rest of GB 18030.
        let mut bytes = Vec::new();
        for c in text.chars() {
            let mut buffer = [0; 4];
            let (encoded, _, failed) = GBK.encode(c.encode_utf8(&mut buffer));
            match failed {
                true => bytes.push(b'?'),
                false => bytes.extend(&*encoded),
            }
        }
        bytes
    }

    /// Whether numbers are written as 17,5: as in the columns that are filled, else as elsewhere, else as goes with the separator.
    fn has_decimal_commas(&self, changes: &Changes) -> bool {
        let numbers = changes
            .iter()
            .filter(|(_, value)| matches!(value, Value::Number(_)));
        let filled: std::collections::BTreeSet<usize> =
            numbers.map(|((_, column), _)| *column).collect();
        let count = |sign: char, of: &dyn Fn(usize) -> bool| {
            let cells = self.grid.lines.iter().flat_map(|line| &line.cells);
            let cells = cells.filter(|(column, cell)| {
                let text = cell.text.trim();
                of(**column) && text.contains(sign) && number(text).is_some()
            });
            cells.count()
        };
        for of in [
            &(|column| filled.contains(&column)) as &dyn Fn(usize) -> bool,
            &|_| true,
        ] {
            let (commas, points) = (count(',', of), count('.', of));
            if commas + points > 0 {
                return commas > points;
            }
        }
        self.separator == b';'
    }
}

/// Where a cell that begins at `start` ends. `None`: its quote is never closed.
fn end_of_cell(bytes: &[u8], start: usize, separator: u8) -> Option<usize> {
    let mut at = start;
    if bytes.get(at) == Some(&b'"') {
        loop {
            at += 1 + memchr::memchr(b'"', &bytes[at + 1..])?;
            // Two quotes stand for one.
            if bytes.get(at + 1) != Some(&b'"') {
                break;
            }
            at += 1;
        }
        at += 1;
    }
    let rest = memchr::memchr3(separator, b'\r', b'\n', &bytes[at..]);
    Some(rest.map_or(bytes.len(), |length| at + length))
}

fn encoding(bytes: &[u8]) -> Result<&'static Encoding, Unfillable> {
    if bytes.contains(&0) {
        // UTF-16, as Excel's "Unicode text", or no text at all.
        return Err(Unfillable::NotText);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(UTF_8);
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(_) => Ok(GB18030),
        None => Err(Unfillable::NotText),
    }
}
