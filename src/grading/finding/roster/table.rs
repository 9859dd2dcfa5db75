//! Reads CSV as spreadsheets and course systems write it. (RFC 4180, and what is done instead)

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::Table;

/// `None`: it is no text.
pub(super) fn read(bytes: &[u8]) -> Option<Table> {
    let text = text(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut table = Table::new();
    for record in reader.records() {
        let record = record.ok()?;
        let (line, byte) = record
            .position()
            .map_or((0, 0), |at| (at.line(), at.byte()));
        // Empty lines in front of it are counted as its own.
        let before = text
            .bytes()
            .skip(usize::try_from(byte).unwrap_or(usize::MAX));
        let empty = before.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let line = line + empty.filter(|byte| *byte == b'\n').count() as u64;
        let cells = record.iter().map(str::to_owned).collect();
        table.push((usize::try_from(line).unwrap_or(usize::MAX), cells));
    }
    Some(table)
}

fn text(bytes: &[u8]) -> Option<String> {
    let text = if bytes.starts_with(b"\xff\xfe") {
        UTF_16LE.decode_with_bom_removal(bytes).0.into_owned()
    } else if bytes.starts_with(b"\xfe\xff") {
        UTF_16BE.decode_with_bom_removal(bytes).0.into_owned()
    } else {
        match UTF_8.decode_with_bom_removal(bytes) {
            (text, false) => text.into_owned(),
            // As Excel writes it on a Chinese Windows.
            _ => match GB18030.decode_without_bom_handling(bytes) {
                (text, false) => text.into_owned(),
                _ => return None,
            },
        }
    };
    (!text.contains('\0')).then_some(text)
}

/// What parts the cells of the first line that has any of it.
fn delimiter(text: &str) -> u8 {
    let count = |line: &str, delimiter: u8| line.bytes().filter(|byte| *byte == delimiter).count();
    let line = text
        .lines()
        .find(|line| [b',', b';', b'\t'].iter().any(|d| count(line, *d) > 0));
    let line = line.unwrap_or_default();
    let most = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| count(line, *delimiter));
    most.unwrap_or(b',')
}
