//! What stands below what in the drawing of a transcript: rows of events, the beginnings of steps, stretches of time in which
//! nothing happened, and what is left out.

use std::ops::Range;
use std::time::Duration;

use crate::report::rows::Row;
use crate::transcript::Transcript;

/// One thing below another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// A step begins: its index in the list of steps.
    Step(usize),
    /// So much time went by.
    Pause(Duration),
    /// So many events are not drawn.
    LeftOut(usize),
    /// An event, or some like ones: and its place among the rows.
    Row(Row),
    /// Here something should stand.
    Missing,
}

/// A pause that is worth a mark.
const PAUSE: Duration = Duration::from_millis(100);

/// At most so many rows are drawn: most of them before the place of interest.
const MOST_ROWS: usize = 300;
const FIRST_ROWS: usize = 60;
const ROWS_BEHIND: usize = 40;

/// The beats of `rows`; `numbers` are those of the steps, rising; `focus` is the event of interest; `missing` the number of the step
/// at whose end something should stand.
pub(super) fn beats(
    transcript: &Transcript,
    rows: &[Row],
    numbers: &[usize],
    focus: Option<usize>,
    missing: Option<usize>,
) -> Vec<Beat> {
    let events = &transcript.events;
    let kept = kept(rows, focus);
    let mut all = Vec::new();
    let mut next = 0;
    let mut open = missing;
    let mut last = Duration::ZERO;
    let mut left_out = 0;
    let mut begin = |until: usize, all: &mut Vec<Beat>| {
        while next < numbers.len() && numbers[next] <= until {
            if open.is_some_and(|step| step < numbers[next]) {
                all.push(Beat::Missing);
                open = None;
            }
            all.push(Beat::Step(next));
            next += 1;
        }
        open
    };
    for (position, row) in rows.iter().enumerate() {
        if !kept.iter().any(|range| range.contains(&position)) {
            left_out += row.last + 1 - row.first;
            last = events[row.last].at;
            continue;
        }
        if left_out > 0 {
            all.push(Beat::LeftOut(left_out));
            left_out = 0;
        }
        let event = &events[row.first];
        begin(
            event.step.map_or(0, |step| step.saturating_add(1)),
            &mut all,
        );
        let pause = event.at.saturating_sub(last);
        if pause >= PAUSE && position > 0 {
            all.push(Beat::Pause(pause));
        }
        all.push(Beat::Row(*row));
        last = events[row.last].at;
    }
    if left_out > 0 {
        all.push(Beat::LeftOut(left_out));
    }
    if begin(usize::MAX, &mut all).is_some() {
        all.push(Beat::Missing);
    }
    all
}

/// Which rows are drawn, if not all are: the first, and those around the place of interest.
fn kept(rows: &[Row], focus: Option<usize>) -> [Range<usize>; 2] {
    if rows.len() <= MOST_ROWS {
        return [0..rows.len(), 0..0];
    }
    let place = focus
        .and_then(|event| rows.iter().position(|row| row.last >= event))
        .unwrap_or(rows.len());
    let end = (place + ROWS_BEHIND).clamp(MOST_ROWS, rows.len());
    [0..FIRST_ROWS, end - (MOST_ROWS - FIRST_ROWS)..end]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Beat, beats};
    use crate::report::rows::Row;
    use crate::transcript::{ActorId, Event, EventKind, Transcript};

    fn transcript(steps: &[Option<usize>], ms: &[u64]) -> (Transcript, Vec<Row>) {
        let events = steps.iter().zip(ms).enumerate();
        let events: Vec<Event> = events
            .map(|(index, (step, ms))| Event {
                number: index + 1,
                at: Duration::from_millis(*ms),
                actor: ActorId(0),
                step: *step,
                kind: EventKind::Closed,
            })
            .collect();
        let row = |index| Row {
            first: index,
            last: index,
            gap: false,
        };
        let rows = (0..events.len()).map(row).collect();
        let actors = Vec::new();
        (Transcript { actors, events }, rows)
    }

    /// A letter for each beat.
    fn told(beats: &[Beat]) -> String {
        let one = |beat: &Beat| match beat {
            Beat::Step(index) => format!("s{index} "),
            Beat::Pause(time) => format!("p{} ", time.as_millis()),
            Beat::LeftOut(count) => format!("o{count} "),
            Beat::Row(row) => format!("r{} ", row.first),
            Beat::Missing => "m ".to_owned(),
        };
        beats.iter().map(one).collect::<String>().trim().to_owned()
    }

    #[test]
    fn steps_stand_before_what_happened_in_them() {
        let (transcript, rows) = transcript(&[None, Some(0), Some(2)], &[0, 1, 500]);
        let beats = beats(&transcript, &rows, &[0, 1, 2, 3, 7], None, Some(3));
        assert_eq!(told(&beats), "s0 r0 s1 r1 s2 s3 p499 r2 m s4");
    }

    #[test]
    fn an_empty_transcript_has_its_steps() {
        let (transcript, rows) = transcript(&[], &[]);
        assert_eq!(
            told(&beats(&transcript, &rows, &[0], None, Some(0))),
            "s0 m"
        );
    }

    #[test]
    fn of_very_many_rows_the_first_stay_and_those_around_the_failure() {
        let (transcript, rows) = transcript(&[Some(0); 1000], &[0; 1000]);
        let drawn = |focus| {
            let beats = beats(&transcript, &rows, &[1], focus, None);
            let rows = beats.iter().filter(|beat| matches!(beat, Beat::Row(_)));
            let told = told(&beats);
            let left: Vec<&str> = told
                .split(' ')
                .filter(|beat| beat.starts_with('o'))
                .collect();
            (rows.count(), left.join(" "))
        };
        assert_eq!(drawn(None), (300, "o700".to_owned()));
        assert_eq!(drawn(Some(500)), (300, "o240 o460".to_owned()));
        assert_eq!(drawn(Some(0)), (300, "o700".to_owned()));
    }
}
