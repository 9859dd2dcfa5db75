//! What stands in one cell of a drawing: the bytes of an event, or what it is, cut to the room there is.

use std::ops::Range;

use crate::transcript::{Channel, EventKind};

use super::about::About;
use super::drawing::Drawing;
use super::page::{blanks, width, wrap};
use super::rows::{Row, Selection, data};
use super::visible::{both_ends, clipped, find, glyphs, tail, window};
use super::words::{Direction, Mark, Words};

/// A cell of a whole drawing has at most so many lines.
const CELL_LINES: usize = 12;

/// One thing in a cell.
pub(super) struct Cell {
    pub(super) mark: Option<Mark>,
    /// Lines; more than one only in a whole drawing.
    pub(super) lines: Vec<String>,
    pub(super) failing: bool,
}

/// What stands in a row's cell of `room` columns.
pub(super) fn cell(
    drawing: &Drawing<'_>,
    chosen: &Selection,
    row: &Row,
    words: &dyn Words,
    room: usize,
) -> Cell {
    let transcript = drawing.transcript;
    let event = &transcript.events[row.first];
    let failing = drawing.failing == Some(row.first);
    let room = room.saturating_sub(2 * usize::from(failing)).max(6);
    let shared = chosen.left_out.contains(&event.actor.0);
    let name = match transcript.actors.get(event.actor.0) {
        Some(actor) if shared => format!("{}: ", clipped(actor.name.as_bytes(), room / 2)),
        _ => String::new(),
    };
    let (mark, lines) = match (mark(&event.kind), data(transcript, row)) {
        (Some(mark), Some(bytes)) => {
            let bytes = trimmed(mark, &bytes);
            let sign = sign(mark);
            let prefix = format!("{name}{sign} ");
            let room = room.saturating_sub(width(&prefix)).max(4);
            let mut lines = if drawing.whole {
                broken(bytes, room, words)
            } else {
                let text = telling(drawing, row, bytes);
                vec![one_line(mark, bytes, text, room)]
            };
            for (index, line) in lines.iter_mut().enumerate() {
                let margin = if index == 0 {
                    prefix.clone()
                } else {
                    blanks(width(&prefix))
                };
                *line = format!("{margin}{line}");
            }
            (Some(mark), lines)
        }
        _ => {
            let text = format!("{name}{}", words.event(&event.kind).unwrap_or_default());
            let lines = if drawing.whole {
                wrap(&clipped(text.as_bytes(), 4 * room), room, CELL_LINES)
            } else {
                vec![clipped(text.as_bytes(), room)]
            };
            (None, lines)
        }
    };
    Cell {
        mark,
        lines,
        failing,
    }
}

/// What an event with bytes is marked with.
pub(super) fn mark(kind: &EventKind) -> Option<Mark> {
    match kind {
        EventKind::Sent(_) => Some(Mark::Sent),
        EventKind::Received(_) => Some(Mark::Received),
        EventKind::Typed(_) => Some(Mark::Typed),
        EventKind::Printed {
            channel: Channel::Stderr,
            ..
        } => Some(Mark::PrintedError),
        EventKind::Printed { .. } => Some(Mark::Printed),
        EventKind::Came { channel, .. } => Some(Mark::Came(direction(*channel))),
        EventKind::PassedOn { channel, .. } => Some(Mark::PassedOn(direction(*channel))),
        EventKind::Lost { .. } => Some(Mark::Lost),
        _ => None,
    }
}

/// Where something crosses a proxy.
fn direction(channel: Channel) -> Direction {
    match channel {
        Channel::ToClient => Direction::ToClient,
        _ => Direction::ToServer,
    }
}

pub(super) fn sign(mark: Mark) -> char {
    match mark {
        Mark::Sent => '→',
        Mark::Received => '←',
        Mark::Typed => '>',
        Mark::Printed => '|',
        Mark::PrintedError => '!',
        Mark::Came(Direction::ToServer) => '⇢',
        Mark::Came(Direction::ToClient) => '⇠',
        Mark::PassedOn(Direction::ToServer) => '⇒',
        Mark::PassedOn(Direction::ToClient) => '⇐',
        Mark::Lost => '×',
    }
}

/// What is typed and printed ends in a line end as a rule, which needs not be shown.
pub(super) fn trimmed(mark: Mark, bytes: &[u8]) -> &[u8] {
    match mark {
        Mark::Sent | Mark::Received | Mark::Came(_) | Mark::PassedOn(_) | Mark::Lost => bytes,
        Mark::Typed | Mark::Printed | Mark::PrintedError => bytes
            .strip_suffix(b"\r\n")
            .or_else(|| bytes.strip_suffix(b"\n"))
            .filter(|rest| !rest.is_empty())
            .unwrap_or(bytes),
    }
}

/// Where in the bytes of a row something stands that a reader looks for: the text that the failure is about, else the
/// last message before that is in them.
pub(super) fn telling(drawing: &Drawing<'_>, row: &Row, bytes: &[u8]) -> Option<Range<usize>> {
    const LOOKED_AT: usize = 64;
    let place = |text: &[u8]| {
        let at = find(bytes, text)?;
        Some(at..at + text.len())
    };
    let about = drawing.about.and_then(About::text);
    about.and_then(place).or_else(|| {
        let before = drawing.transcript.events[..row.first].iter().rev();
        let sent = before.filter_map(|event| match &event.kind {
            EventKind::Sent(data) | EventKind::Typed(data) => Some(data.0.trim_ascii()),
            _ => None,
        });
        sent.take(LOOKED_AT)
            .filter(|text| text.len() > 2)
            .find_map(place)
    })
}

/// `bytes` in one line: around `telling` if there is something, else the last line of what was printed, else both ends.
fn one_line(mark: Mark, bytes: &[u8], telling: Option<Range<usize>>, room: usize) -> String {
    if bytes.is_empty() {
        return "\"\"".to_owned();
    }
    if let Some(place) = telling {
        return window(bytes, place, room).text();
    }
    let last = bytes.iter().rposition(|byte| *byte == b'\n');
    match (mark, last) {
        (Mark::Printed | Mark::PrintedError, Some(end)) if end + 1 < bytes.len() => {
            let last = &bytes[end + 1..];
            // Behind a mere prompt the line before says more.
            if last.len() < room / 3 {
                tail(bytes, room)
            } else {
                format!("…{}", clipped(last, room - 1))
            }
        }
        _ => both_ends(bytes, room),
    }
}

/// `bytes` in lines of `room` columns, each line end ending one.
fn broken(bytes: &[u8], room: usize, words: &dyn Words) -> Vec<String> {
    if bytes.is_empty() {
        return vec!["\"\"".to_owned()];
    }
    let mut lines = vec![String::new()];
    let mut used = 0;
    let mut offset = 0;
    let mut ended = false;
    for glyph in glyphs(bytes, (CELL_LINES + 1) * room) {
        if ended || used + glyph.width > room {
            if lines.len() == CELL_LINES {
                lines.push(words.more_bytes(bytes.len() - offset));
                break;
            }
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&glyph.shown);
        }
        used += glyph.width;
        offset += glyph.bytes;
        ended = glyph.character == Some('\n');
    }
    lines
}
