//! Which events of a transcript are worth a row, and which actors a column.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::transcript::{ActorKind, Event, EventKind, Transcript};
use crate::verdict::{Actual, Note, Standing, Unproved};

use super::about::{About, is_program};
use super::visible::find;

/// Events that share a row: just one, or a run of like ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Index of the first event.
    pub(super) first: usize,
    /// Index of the last, the same for just one.
    pub(super) last: usize,
    /// Rows before this one were left out.
    pub(super) gap: bool,
}

/// What a drawing shows.
pub(super) struct Selection {
    /// Indices of the actors, in the order of the transcript.
    pub(super) actors: Vec<usize>,
    /// Indices of the actors that took part and got no column.
    pub(super) left_out: Vec<usize>,
    /// The rows, in order.
    pub(super) rows: Vec<Row>,
}

/// At most so many rows in a failure report.
const MOST_ROWS: usize = 12;

/// At most so many columns in a failure report.
const MOST_COLUMNS: usize = 6;

/// A run of fewer like events is not folded.
const RUN: usize = 3;

/// At most so many events before the failure are looked at.
const LOOKED_AT: usize = 4000;

/// What a failure report draws in at most `columns` columns: the end of the transcript, and what led to it.
pub(super) fn around_failure(about: &About<'_>, columns: usize) -> Selection {
    let transcript = about.transcript;
    let end = end(about);
    let from = end.saturating_sub(LOOKED_AT);
    let failing = failing(about);
    let rows = fold(transcript, from, end, failing);
    let telling: Vec<bool> = rows
        .iter()
        .map(|row| is_telling(about, transcript, row))
        .collect();

    let actors = concerned(about, &rows, &telling, columns.clamp(1, MOST_COLUMNS));
    let mut shown: Vec<usize> = (0..rows.len())
        .filter(|index| actors.contains(&transcript.events[rows[*index].first].actor.0))
        .collect();
    let is_quiet = |index: &usize| is_quiet(&transcript.events[rows[*index].first]);
    let talk = shown.iter().filter(|index| !is_quiet(index)).count();
    if talk > 1 && about.failure.step.number > 0 {
        shown.retain(|index| !is_quiet(index));
    }
    let mut chosen = BTreeSet::new();
    chosen.extend(
        shown
            .iter()
            .filter(|index| failing.is_some_and(|event| rows[**index].first == event)),
    );
    let leading = shown.iter().rev().filter(|index| telling[**index]);
    chosen.extend(leading.take(MOST_ROWS / 2));
    for index in shown.iter().rev() {
        if chosen.len() >= MOST_ROWS {
            break;
        }
        chosen.insert(*index);
    }
    let left_out = taking_part(transcript)
        .into_iter()
        .filter(|actor| !actors.contains(actor))
        .collect();
    Selection {
        actors,
        left_out,
        rows: with_gaps(&rows, &shown, &chosen),
    }
}

/// The chosen rows, each of which knows whether one that could have been shown stands before it.
fn with_gaps(rows: &[Row], shown: &[usize], chosen: &BTreeSet<usize>) -> Vec<Row> {
    let mut done = Vec::new();
    let mut gap = false;
    for index in shown {
        if chosen.contains(index) {
            done.push(Row {
                gap: gap && !done.is_empty(),
                ..rows[*index]
            });
        }
        gap = !chosen.contains(index);
    }
    done
}

/// Everything: a row for each event. More actors than columns share the last one.
pub(super) fn everything(transcript: &Transcript, columns: usize) -> Selection {
    let all = taking_part(transcript);
    let own = if all.len() <= columns {
        all.len()
    } else {
        columns.saturating_sub(1)
    };
    Selection {
        actors: all[..own].to_vec(),
        left_out: all[own..].to_vec(),
        rows: (0..transcript.events.len())
            .map(|index| Row {
                first: index,
                last: index,
                gap: false,
            })
            .collect(),
    }
}

/// Everything, with runs of like events in one row; more actors than `columns` share the last one, those that `about` is least about.
pub(super) fn folded(
    transcript: &Transcript,
    about: Option<&About<'_>>,
    columns: usize,
) -> Selection {
    let failing = about.and_then(failing);
    let rows = fold(transcript, 0, transcript.events.len(), failing);
    let all = taking_part(transcript);
    let actors = match about {
        _ if all.len() <= columns => all.clone(),
        Some(about) => {
            let telling: Vec<bool> = rows
                .iter()
                .map(|row| is_telling(about, transcript, row))
                .collect();
            concerned(about, &rows, &telling, columns.saturating_sub(1))
        }
        None => all[..columns.saturating_sub(1)].to_vec(),
    };
    let left_out = all
        .into_iter()
        .filter(|actor| !actors.contains(actor))
        .collect();
    Selection {
        actors,
        left_out,
        rows,
    }
}

/// The bytes of a row, where its events have some; of a long run the first few thousand.
pub(super) fn data<'a>(transcript: &'a Transcript, row: &Row) -> Option<Cow<'a, [u8]>> {
    const ENOUGH: usize = 4096;
    let first = bytes(&transcript.events[row.first].kind)?;
    if row.first == row.last {
        return Some(first.into());
    }
    let mut all = Vec::new();
    for event in &transcript.events[row.first..=row.last] {
        if let Some(data) = bytes(&event.kind) {
            all.extend_from_slice(&data[..data.len().min(ENOUGH)]);
        }
        if all.len() >= ENOUGH {
            break;
        }
    }
    Some(all.into())
}

/// The index of the event that shows the failure: the one that is named, else the end that came instead.
pub(super) fn failing(about: &About<'_>) -> Option<usize> {
    let events = &about.transcript.events;
    if let Some(number) = about.failure.event {
        return events.iter().position(|event| event.number == number);
    }
    let of = |name: &str, event: &Event| {
        let info = about.transcript.actors.get(event.actor.0);
        info.is_some_and(|info| info.name == name)
    };
    events
        .iter()
        .rposition(|event| match &about.failure.actual {
            Actual::Exited(_) => {
                matches!(event.kind, EventKind::Exited(_))
                    && about.ended().is_some_and(|name| of(name, event))
            }
            Actual::Closed => {
                matches!(event.kind, EventKind::PeerClosed { .. }) && of(about.actor(), event)
            }
            Actual::Reset => matches!(event.kind, EventKind::PeerReset) && of(about.actor(), event),
            _ => false,
        })
}

pub(super) fn bytes(kind: &EventKind) -> Option<&[u8]> {
    match kind {
        EventKind::Typed(data) | EventKind::Sent(data) | EventKind::Received(data) => Some(&data.0),
        EventKind::Printed { data, .. }
        | EventKind::Came { data, .. }
        | EventKind::PassedOn { data, .. }
        | EventKind::Lost { data, .. } => Some(&data.0),
        _ => None,
    }
}

/// One past the last event that belongs to the story: a few after the failing one, if they came in the same step; or
/// everything until the step that failed was over.
fn end(about: &About<'_>) -> usize {
    const AFTER: usize = 3;
    let events = &about.transcript.events;
    if let Some(failing) = failing(about) {
        let step = events[failing].step;
        let more = events[failing + 1..]
            .iter()
            .take(AFTER)
            .take_while(|event| event.step == step)
            .count();
        return failing + 1 + more;
    }
    let number = about.failure.step.number;
    let until = events
        .iter()
        .rposition(|event| event.step.is_none_or(|step| step < number))
        .map_or(events.len(), |last| last + 1);
    if until == 0 { events.len() } else { until }
}

/// Actors that did anything, those that can't do anything visible left aside.
fn taking_part(transcript: &Transcript) -> Vec<usize> {
    let active: BTreeSet<usize> = transcript
        .events
        .iter()
        .map(|event| event.actor.0)
        .filter(|actor| *actor < transcript.actors.len())
        .collect();
    active.into_iter().collect()
}

/// One row for each event, or for a run of at least [`RUN`] pieces of one stream.
fn fold(transcript: &Transcript, from: usize, end: usize, failing: Option<usize>) -> Vec<Row> {
    let events = &transcript.events;
    let mut rows: Vec<Row> = Vec::new();
    let mut first = from;
    while first < end {
        let mut last = first;
        while last + 1 < end
            && failing != Some(first)
            && failing != Some(last + 1)
            && is_like(transcript, &events[first], &events[last + 1])
        {
            last += 1;
        }
        if last + 1 - first < RUN {
            last = first;
        }
        rows.push(Row {
            first,
            last,
            gap: false,
        });
        first = last + 1;
    }
    rows
}

/// Whether two neighbouring events are pieces of one stream.
fn is_like(transcript: &Transcript, one: &Event, other: &Event) -> bool {
    if one.actor != other.actor {
        return false;
    }
    match (&one.kind, &other.kind) {
        (EventKind::Printed { channel: a, .. }, EventKind::Printed { channel: b, .. }) => a == b,
        (EventKind::Came { channel: a, .. }, EventKind::Came { channel: b, .. })
        | (EventKind::PassedOn { channel: a, .. }, EventKind::PassedOn { channel: b, .. })
            if a != b =>
        {
            false
        }
        (EventKind::Received(_), EventKind::Received(_))
        | (EventKind::Came { .. }, EventKind::Came { .. })
        | (EventKind::PassedOn { .. }, EventKind::PassedOn { .. }) => transcript
            .actors
            .get(one.actor.0)
            .is_some_and(|info| match info.kind {
                ActorKind::UdpClient
                | ActorKind::UdpServer
                | ActorKind::UdpProxy
                | ActorKind::WebSocketClient
                | ActorKind::WebSocketServer
                | ActorKind::WebSocketLink => false,
                ActorKind::TcpClient
                | ActorKind::TcpLink
                | ActorKind::TcpServer
                | ActorKind::TcpProxy
                | ActorKind::TerminalProgram
                | ActorKind::PipedProgram
                | ActorKind::RunningProgram => true,
            }),
        _ => false,
    }
}

/// Whether a row holds the text that the failure is about, or an end that explains it.
fn is_telling(about: &About<'_>, transcript: &Transcript, row: &Row) -> bool {
    let holds = about
        .text()
        .is_some_and(|text| data(transcript, row).is_some_and(|data| find(&data, text).is_some()));
    holds
        || matches!(
            transcript.events[row.first].kind,
            EventKind::Exited(_)
                | EventKind::PeerReset
                | EventKind::CutOff { .. }
                | EventKind::Lost { .. }
                | EventKind::Refused { .. }
                | EventKind::Flooded { .. }
        )
}

/// Whether an event belongs to the way things begin, which is worth a row only where little else happened.
fn is_quiet(event: &Event) -> bool {
    let beginning = matches!(
        event.kind,
        EventKind::Started { .. }
            | EventKind::Listening { .. }
            | EventKind::Bound { .. }
            | EventKind::Connected { .. }
            | EventKind::Accepted { .. }
    );
    beginning || event.step.is_none()
}

/// The actors that get a column, the most concerned first, back in the order of the transcript.
fn concerned(about: &About<'_>, rows: &[Row], telling: &[bool], columns: usize) -> Vec<usize> {
    let transcript = about.transcript;
    let index = |name: &str| transcript.actors.iter().position(|info| info.name == name);
    let mut order: Vec<usize> = Vec::new();
    order.extend(index(about.actor()));
    order.extend(failing(about).map(|event| transcript.events[event].actor.0));
    order.extend(
        about
            .failure
            .notes
            .iter()
            .filter_map(mentioned)
            .filter_map(index),
    );
    let programs = (0..transcript.actors.len()).filter(|i| is_program(&transcript.actors[*i].kind));
    order.extend(programs.take(2));
    let told = rows
        .iter()
        .zip(telling)
        .rev()
        .filter(|(_, telling)| **telling);
    let told: Vec<&Event> = told.map(|(row, _)| &transcript.events[row.first]).collect();
    // Who sent it explains more than who else got it.
    let sent = told
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Sent(_)));
    order.extend(sent.map(|event| event.actor.0));
    order.extend(told.iter().map(|event| event.actor.0));
    let recent = rows.iter().rev();
    order.extend(recent.map(|row| transcript.events[row.first].actor.0));

    let mut chosen = BTreeSet::new();
    for actor in order {
        if chosen.len() >= columns {
            break;
        }
        if actor < transcript.actors.len() {
            chosen.insert(actor);
        }
    }
    chosen.into_iter().collect()
}

/// The other actor that a note is about.
fn mentioned(note: &Note) -> Option<&str> {
    match note {
        Note::CameTo { actor, .. }
        | Note::ReadsLines { from: actor }
        | Note::SentBy { actor, .. }
        | Note::SeenElsewhere { actor, .. }
        | Note::Ended { actor, .. }
        | Note::LastWords { actor, .. }
        | Note::MayBeUnflushed { actor }
        | Note::UnknownPrompt { actor, .. }
        | Note::Flood { actor, .. }
        | Note::Repeats { actor, .. }
        | Note::Unflushed { actor }
        | Note::StillRunning { actor }
        | Note::TalksToItself { actor, .. }
        | Note::Stood(Standing { actor, .. })
        | Note::Unproved(Unproved::Timed { actor, .. }) => Some(actor),
        Note::OwnMessage { .. }
        | Note::CameBefore { .. }
        | Note::CameAlong { .. }
        | Note::Counted { .. }
        | Note::PortTaken { .. }
        | Note::OtherEncoding { .. }
        | Note::OtherKind { .. }
        | Note::ClosedWith { .. }
        | Note::ListensAt { .. }
        | Note::DialledElsewhere { .. }
        | Note::Unproved(Unproved::Busy | Unproved::Hidden) => None,
    }
}
