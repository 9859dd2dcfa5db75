//! What is neither text nor ground: arrows between lanes, and the signs on a lane's line.

use crate::transcript::EventKind;

/// How far a stub reaches where nobody knows who is at the other end.
const STUB: usize = 22;

/// An arrow at the height `y`, from the line `here` to the line `there` or the other way round; `None`: a stub.
pub(super) fn arrow(
    kind: &EventKind,
    here: usize,
    there: Option<usize>,
    comes: bool,
    y: i32,
) -> String {
    let there = there.filter(|there| *there != here);
    let there = there.unwrap_or(here.saturating_sub(STUB));
    let (from, to) = if comes { (there, here) } else { (here, there) };
    let class = match kind {
        EventKind::Connected { .. } | EventKind::Accepted { .. } => "wire link",
        EventKind::Refused { .. } | EventKind::Reset | EventKind::PeerReset => "wire cut",
        EventKind::Closed
        | EventKind::EndedInput
        | EventKind::PeerClosed { .. }
        | EventKind::PassedEnd { .. } => "wire close",
        _ => "wire",
    };
    // The tip points where it goes: a head, a bar for an end, a cross for a reset.
    let back = if to > from { -1 } else { 1 };
    let tip = match class {
        "wire cut" => format!("m{} -4l8 8m0 -8l-8 8", 7 * back - 4),
        "wire close" => format!("m{} -5v10", 3 * back),
        _ => format!("l{} -4v8l{} -4", 8 * back, -8 * back),
    };
    format!("<path class=\"{class}\" d=\"M{from} {y}H{to}{tip}\"/>")
}

/// What stands on a lane's line beside an event, if something does, at this place.
pub(super) fn sign(kind: &EventKind, x: usize, y: i32) -> Option<String> {
    let (class, form) = match kind {
        // A stop, a bolt, a ring, a start, a warning, a cross.
        EventKind::Exited(_) => ("stop", "m-5 -5h10v10h-10z"),
        EventKind::Signalled { .. } => ("bolt", "m2 -7l-6 8h4l-2 6l6 -8h-4z"),
        EventKind::Listening { .. } | EventKind::Bound { .. } => {
            ("open", "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z")
        }
        EventKind::Started { .. } => ("start", "m-4 -6l9 6l-9 6z"),
        EventKind::Flooded { .. } => ("stop", "m0 -6l6 11h-12z"),
        EventKind::Lost { .. } => ("lost", "m-5 -5l10 10m0 -10l-10 10"),
        _ => return None,
    };
    Some(format!(
        "<path class=\"sign {class}\" d=\"M{x} {y}{form}\"/>"
    ))
}
