//! A transcript with a column for each actor and a row for each event.

use crate::transcript::{ActorInfo, Event, EventKind, Transcript};
use crate::verdict::{Actual, StepRef};

use super::about::{About, is_program};
use super::cells::cell;
use super::page::{Page, Tone, blanks, padded, width};
use super::rows::{Row, Selection, around_failure, everything, failing};
use super::visible::clipped;
use super::words::{Mark, Words};

/// What is to be drawn.
pub(super) struct Drawing<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) about: Option<&'a About<'a>>,
    /// Index of the event that shows the failure.
    pub(super) failing: Option<usize>,
    pub(super) whole: bool,
}

impl<'a> Drawing<'a> {
    /// The end of the transcript, as a failure report shows it.
    pub(super) fn end(about: &'a About<'a>) -> Drawing<'a> {
        Drawing {
            transcript: about.transcript,
            about: Some(about),
            failing: failing(about),
            whole: false,
        }
    }

    /// All of it, with times and the steps.
    pub(super) fn whole(transcript: &'a Transcript, about: Option<&'a About<'a>>) -> Drawing<'a> {
        Drawing {
            transcript,
            about,
            failing: about.and_then(failing),
            whole: true,
        }
    }
}

/// Columns of the page that a column takes at least, and the gap between two.
const NARROWEST: usize = 14;
const GAP: usize = 2;

/// A cell is never wider than this.
const WIDEST: usize = 60;

/// A whole drawing has at most so many rows before and after its gap.
const MOST_ROWS: usize = 5000;

/// Draws it.
pub(super) fn draw(page: &mut Page, drawing: &Drawing<'_>, words: &dyn Words) {
    let transcript = drawing.transcript;
    if transcript.events.is_empty() {
        return;
    }
    let gutter = gutter(drawing);
    let room = page.columns().saturating_sub(gutter);
    let most = ((room + GAP) / (NARROWEST + GAP)).max(1);
    let mut chosen = match drawing.about {
        Some(about) if !drawing.whole => around_failure(about, most),
        _ => everything(transcript, most),
    };
    let skipped = cap(&mut chosen.rows);
    let widths = widths(drawing, &chosen, words, room);
    header(page, drawing, &chosen, &widths, gutter, words);
    let marks = body(page, drawing, &chosen, &widths, gutter, words, skipped);
    missing(page, drawing, &chosen, &widths, gutter, words);
    let mut told: Vec<String> = marks
        .iter()
        .map(|mark| words.mark(*mark).to_owned())
        .collect();
    told.extend(footnotes(drawing, &chosen, words));
    page.items(gutter, Tone::Faint, &told);
}

/// Drops the middle of very many rows; tells before which row.
fn cap(rows: &mut Vec<Row>) -> Option<usize> {
    let dropped = rows.len().checked_sub(2 * MOST_ROWS).filter(|n| *n > 0)?;
    rows.drain(MOST_ROWS..MOST_ROWS + dropped);
    Some(MOST_ROWS)
}

/// How many columns the numbers (and times) take.
fn gutter(drawing: &Drawing<'_>) -> usize {
    let digits = |n: usize| n.max(1).to_string().len();
    let last = drawing.transcript.events.iter().map(|event| event.number);
    let number = digits(last.max().unwrap_or(0));
    if drawing.whole {
        number + 2 + 9 + 2
    } else {
        2 + (2 * number + 1).max(4) + 2
    }
}

/// Which column an actor is in.
fn column(chosen: &Selection, actor: usize) -> Option<usize> {
    let own = chosen.actors.iter().position(|shown| *shown == actor);
    own.or_else(|| {
        chosen
            .left_out
            .contains(&actor)
            .then_some(chosen.actors.len())
    })
}

/// How wide each column is: as wide as it needs to be, as long as there is room for all.
fn widths(drawing: &Drawing<'_>, chosen: &Selection, words: &dyn Words, room: usize) -> Vec<usize> {
    let actors = &drawing.transcript.actors;
    let mut needed: Vec<usize> = chosen
        .actors
        .iter()
        .map(|actor| width(&title(&actors[*actor], words, WIDEST)))
        .collect();
    if drawing.whole && !chosen.left_out.is_empty() {
        needed.push(width(words.others()));
    }
    for row in &chosen.rows {
        let event = &drawing.transcript.events[row.first];
        let Some(at) = column(chosen, event.actor.0).filter(|at| *at < needed.len()) else {
            continue;
        };
        if needed[at] < WIDEST {
            let cell = cell(drawing, chosen, row, words, WIDEST);
            let widest = cell.lines.iter().map(|line| width(line)).max();
            needed[at] = needed[at].max(widest.unwrap_or(0) + 2 * usize::from(cell.failing));
        }
    }
    share(
        &needed,
        room.saturating_sub(GAP * needed.len().saturating_sub(1)),
    )
}

/// Gives each as much as it needs, or an equal share of what those leave that need less.
fn share(needed: &[usize], room: usize) -> Vec<usize> {
    let mut given = vec![0; needed.len()];
    let mut order: Vec<usize> = (0..needed.len()).collect();
    order.sort_by_key(|index| needed[*index]);
    let mut left = room;
    for (position, index) in order.iter().enumerate() {
        let fair = left / (needed.len() - position);
        given[*index] = needed[*index].max(NARROWEST).min(fair);
        left -= given[*index];
    }
    given
}

/// What stands at the head of an actor's column: its name, its port, and what it is, as far as there is room.
fn title(actor: &ActorInfo, words: &dyn Words, room: usize) -> String {
    let name = clipped(actor.name.as_bytes(), 24);
    let port = actor
        .address
        .as_deref()
        .filter(|_| !is_program(&actor.kind))
        .and_then(|address| address.rsplit_once(':'))
        .map_or_else(String::new, |(_, port)| {
            format!(" :{}", clipped(port.as_bytes(), 8))
        });
    let kind = words.actor_kind(&actor.kind);
    [format!("{name}{port}{kind}"), format!("{name}{port}")]
        .into_iter()
        .find(|title| width(title) <= room)
        .unwrap_or_else(|| clipped(name.as_bytes(), room))
}

fn header(
    page: &mut Page,
    drawing: &Drawing<'_>,
    chosen: &Selection,
    widths: &[usize],
    gutter: usize,
    words: &dyn Words,
) {
    let mut line = blanks(gutter);
    for (index, wide) in widths.iter().enumerate() {
        let title = match chosen.actors.get(index) {
            Some(actor) => title(&drawing.transcript.actors[*actor], words, *wide),
            None => words.others().to_owned(),
        };
        line.push_str(&padded(&clipped(title.as_bytes(), *wide), wide + GAP));
    }
    page.line(&[(Tone::Strong, &line)]);
}

fn body(
    page: &mut Page,
    drawing: &Drawing<'_>,
    chosen: &Selection,
    widths: &[usize],
    gutter: usize,
    words: &dyn Words,
    skipped: Option<usize>,
) -> Vec<Mark> {
    let events = &drawing.transcript.events;
    let mut marks: Vec<Mark> = Vec::new();
    let mut step = None;
    for (position, row) in chosen.rows.iter().enumerate() {
        let event = &events[row.first];
        let Some(at) = column(chosen, event.actor.0).filter(|at| *at < widths.len()) else {
            continue;
        };
        if row.gap || skipped == Some(position) {
            page.line(&[(Tone::Faint, &format!("{}…", blanks(gutter - 3)))]);
        }
        if drawing.whole && event.step != step {
            step = event.step;
            rule(page, event, words);
        }
        let cell = cell(drawing, chosen, row, words, widths[at]);
        if let Some(mark) = cell.mark.filter(|mark| !marks.contains(mark)) {
            marks.push(mark);
        }
        let offset: usize = widths[..at].iter().map(|wide| wide + GAP).sum();
        let tone = if cell.failing { Tone::Bad } else { Tone::Plain };
        for (index, text) in cell.lines.iter().enumerate() {
            let number = if index == 0 {
                numbered(drawing, row, gutter)
            } else {
                blanks(gutter)
            };
            let mut text = text.clone();
            if cell.failing && index + 1 == cell.lines.len() {
                text.push_str(" ✗");
            }
            page.line(&[
                (Tone::Faint, &number),
                (Tone::Plain, &blanks(offset)),
                (tone, &text),
            ]);
        }
    }
    marks
}

/// The line before the first event of a step.
fn rule(page: &mut Page, event: &Event, words: &dyn Words) {
    let Some(step) = event.step else { return };
    let name = words.step(&StepRef {
        number: step.saturating_add(1),
        ..StepRef::default()
    });
    let line = format!("── {name} ");
    let fill = page.columns().saturating_sub(width(&line));
    page.line(&[(Tone::Faint, &format!("{line}{}", "─".repeat(fill)))]);
}

/// What stands before a row.
fn numbered(drawing: &Drawing<'_>, row: &Row, gutter: usize) -> String {
    let events = &drawing.transcript.events;
    let first = &events[row.first];
    let number = if row.first == row.last {
        first.number.to_string()
    } else {
        format!("{}–{}", first.number, events[row.last].number)
    };
    let text = if drawing.whole {
        format!("{number}  {:>8.3}s", first.at.as_secs_f64())
    } else {
        number
    };
    let fill = gutter.saturating_sub(GAP + width(&text));
    format!("{}{text}{}", blanks(fill), blanks(GAP))
}

/// A mark where something should stand and nothing does.
fn missing(
    page: &mut Page,
    drawing: &Drawing<'_>,
    chosen: &Selection,
    widths: &[usize],
    gutter: usize,
    words: &dyn Words,
) {
    let Some(about) = drawing.about.filter(|_| drawing.failing.is_none()) else {
        return;
    };
    let actors = &drawing.transcript.actors;
    let own = actors.iter().position(|info| info.name == about.actor());
    let Some(at) = own
        .and_then(|actor| column(chosen, actor))
        .filter(|at| *at < widths.len())
    else {
        return;
    };
    let Some(text) = words.missing(about) else {
        return;
    };
    let offset: usize = widths[..at].iter().map(|wide| wide + GAP).sum();
    page.line(&[
        (Tone::Plain, &blanks(gutter + offset)),
        (Tone::Bad, &format!("✗ {text}")),
    ]);
}

/// Who is not drawn, and which programs printed nothing.
fn footnotes(drawing: &Drawing<'_>, chosen: &Selection, words: &dyn Words) -> Vec<String> {
    let actors = &drawing.transcript.actors;
    let mut notes: Vec<String> = Vec::new();
    if !drawing.whole
        && let (Some(first), Some(last)) = (chosen.left_out.first(), chosen.left_out.last())
    {
        notes.push(words.left_out(
            chosen.left_out.len(),
            &clipped(actors[*first].name.as_bytes(), 24),
            &clipped(actors[*last].name.as_bytes(), 24),
        ));
    }
    for actor in &chosen.actors {
        let info = &actors[*actor];
        let events = &drawing.transcript.events;
        let mut own = events.iter().filter(|event| event.actor.0 == *actor);
        let started = |event: &Event| matches!(event.kind, EventKind::Started { .. });
        let printed = |event: &Event| matches!(event.kind, EventKind::Printed { .. });
        // Where that is the failure, it is said already.
        let said = |about: &About<'_>| {
            about.actor() == info.name && about.failure.actual == Actual::Nothing
        };
        if drawing.about.is_none_or(|about| !said(about))
            && is_program(&info.kind)
            && own.clone().any(started)
            && !own.any(printed)
        {
            notes.push(words.printed_nothing(&clipped(info.name.as_bytes(), 24)));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn columns_get_what_they_need_or_a_fair_share() {
        assert_eq!(share(&[20, 30], 100), [20, 30]);
        assert_eq!(share(&[20, 90], 100), [20, 80]);
        assert_eq!(share(&[90, 20, 90], 100), [40, 20, 40]);
        assert_eq!(share(&[5, 5], 100), [14, 14]);
        assert_eq!(share(&[], 100), [0; 0]);
    }
}
