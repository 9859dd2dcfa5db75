//! An event, or a run of like ones, as a row of a drawing.

use std::fmt::Write as _;

use crate::report::cells::{mark, telling, trimmed};
use crate::report::drawing::Drawing;
use crate::report::rows::{Row, data};
use crate::report::visible::clipped;
use crate::report::words;
use crate::transcript::EventKind;

use super::super::markup::{both_drawn, escaped};
use super::super::payload::shown;
use super::columns::{Columns, Lane, NUMBER, TIME, Track, is_error};
use super::ends::Way;
use super::shapes::{arrow, sign};
use super::{LINE, SPACE};

/// A payload has at most so many lines.
const MOST_LINES: usize = 5;

/// Where arrows and signs are: in the middle of the letters.
const MIDDLE: i32 = -4;

/// `row`, which goes this way, and how many pixels it takes; `None`: its actor has no lane. Its origin is where its first line of
/// text begins.
pub(super) fn drawn(
    drawing: &Drawing<'_>,
    columns: &Columns<'_>,
    row: &Row,
    way: Option<Way>,
) -> Option<(String, usize)> {
    let transcript = drawing.transcript;
    let event = &transcript.events[row.first];
    let lane = columns.of(event.actor.0)?;
    let number = match row.first == row.last {
        true => event.number.to_string(),
        false => format!("{}–{}", event.number, transcript.events[row.last].number),
    };
    let mut content = format!(
        "<text class=\"at\" x=\"{NUMBER}\">{number}<tspan x=\"{TIME}\">{:.3}</tspan></text>",
        event.at.as_secs_f64()
    );
    // Who it is, where several share the lane.
    let who = match (lane.actor, transcript.actors.get(event.actor.0)) {
        (None, Some(actor)) => format!("{}: ", clipped(actor.name.as_bytes(), 16)),
        _ => String::new(),
    };
    let lines = match (mark(&event.kind), data(transcript, row)) {
        (Some(mark), Some(bytes)) => {
            let bytes = trimmed(mark, &bytes);
            let (text, lines) = payload(drawing, row, lane, &who, bytes);
            content += &text;
            lines
        }
        _ => {
            content += &said(&event.kind, lane, &who, way.is_some());
            1
        }
    };
    content += &sign(&event.kind, lane.line, MIDDLE).unwrap_or_default();
    if let Some(way) = way {
        let (other, comes) = match way {
            Way::To(other) => (other, false),
            Way::From(other) => (other, true),
        };
        let there = other.and_then(|other| columns.of(other));
        let there = there.map(|lane| lane.line);
        content += &arrow(&event.kind, lane.line, there, comes, MIDDLE);
    }
    Some((content, lines * LINE + SPACE))
}

/// Bytes, in the track that they belong to, and how many lines they take.
fn payload(
    drawing: &Drawing<'_>,
    row: &Row,
    lane: &Lane,
    who: &str,
    bytes: &[u8],
) -> (String, usize) {
    let kind = &drawing.transcript.events[row.first].kind;
    let (track, class, ground) = match kind {
        EventKind::Typed(_) => (lane.keyboard, "", Some(("key", 7))),
        EventKind::Printed { .. } if is_error(kind) => {
            (lane.screen, " error", Some(("screen error", 2)))
        }
        EventKind::Printed { .. } => (lane.screen, "", Some(("screen", 2))),
        EventKind::Lost { .. } => (None, " lost", None),
        _ => (None, "", None),
    };
    let track = track.unwrap_or(lane.other);
    let sought = telling(drawing, row, bytes);
    let room = track.columns.saturating_sub(who.chars().count()).max(6);
    let shown = shown(bytes, sought, room, MOST_LINES);
    let lines = shown.lines.len() + usize::from(shown.rest > 0);
    let mut out = String::new();
    if let Some((class, round)) = ground {
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"-14\" width=\"{}\" height=\"{}\" rx=\"{round}\"/>",
            track.x.saturating_sub(6),
            track.width() + 12,
            lines * LINE + 4
        );
    }
    let x = track.x;
    let _ = write!(
        out,
        "<text class=\"as{class}\" data-room=\"{room}\" x=\"{x}\">"
    );
    if !who.is_empty() {
        let _ = write!(out, "<tspan class=\"by\">{}</tspan>", escaped(who));
    }
    if bytes.is_empty() {
        out += "<tspan data-hex=\"\">&quot;&quot;</tspan>";
    }
    for (index, line) in shown.lines.iter().enumerate() {
        let line = line.markup("tspan");
        let _ = match index {
            0 => write!(out, "{line}"),
            _ => write!(out, "<tspan x=\"{x}\" dy=\"{LINE}\">{line}</tspan>"),
        };
    }
    out += "</text>";
    if shown.rest > 0 {
        let _ = write!(
            out,
            "<text class=\"more\" x=\"{x}\" y=\"{}\">{}</text>",
            LINE * (lines - 1),
            both_drawn(|language| words::of(language).more_bytes(shown.rest))
        );
    }
    (out, lines)
}

/// An event that is not bytes, in words.
fn said(kind: &EventKind, lane: &Lane, who: &str, has_arrow: bool) -> String {
    let Track { x, columns } = lane.other;
    let class = match kind {
        EventKind::Exited(_)
        | EventKind::PeerReset
        | EventKind::Reset
        | EventKind::CutOff { .. } => "event end",
        EventKind::Refused { .. } | EventKind::Flooded { .. } => "event bad",
        _ => "event",
    };
    let said = both_drawn(|language| {
        let said = words::of(language).event(kind).unwrap_or_default();
        // The arrow says where it goes.
        let said = match has_arrow {
            true => said.trim_start_matches(['→', '←', '⇒', '⇐', ' ']),
            false => said.as_str(),
        };
        clipped(format!("{who}{said}").as_bytes(), columns)
    });
    format!("<text class=\"{class}\" x=\"{x}\">{said}</text>")
}
