//! One scenario's result for people: a line, or the whole story of a failure.

use crate::diagnostic::Place;
use crate::transcript::Data;
use crate::verdict::{Actual, Failure, Note, Outcome, ScenarioResult};

use super::Style;
use super::about::About;
use super::comparison::{Comparison, comparison};
use super::drawing::{self, Drawing};
use super::page::{Page, Tone, blanks, padded, width, wrap};
use super::shell;
use super::visible::{clipped, window};
use super::words::{self, Label, Words};

/// The columns of the labels at the left.
const LABEL: usize = 12;

/// Sentences of students, teachers and systems are cut after so many lines.
const LINES: usize = 6;

/// One scenario's result: a line if it was passed or not run, else everything that is known about the failure.
pub fn scenario(result: &ScenarioResult, style: &Style) -> String {
    let words = words::of(style.language);
    let mut page = Page::new(style);
    head(&mut page, result, words, style);
    match &result.outcome {
        Outcome::Passed | Outcome::Skipped { .. } | Outcome::NotApplicable { .. } => {}
        Outcome::Failed(_) | Outcome::Error(_) => {
            let title = result.title.get(style.language);
            if !title.is_empty() {
                page.wrapped("", 0, Tone::Plain, title, 3);
            }
            page.blank();
            explanation(&mut page, result, words, style, true);
            page.blank();
        }
    }
    page.finish()
}

/// The line with the name, the status and the points.
pub(super) fn head(page: &mut Page, result: &ScenarioResult, words: &dyn Words, style: &Style) {
    let name = name(result);
    let status = words.status(&result.outcome, !result.remarks.is_empty());
    let tone = match &result.outcome {
        Outcome::Passed => Tone::Good,
        Outcome::Failed(_) | Outcome::Error(_) => Tone::Bad,
        Outcome::Skipped { .. } => Tone::Warn,
        Outcome::NotApplicable { .. } => Tone::Faint,
    };
    let points = match &result.outcome {
        _ if result.points == 0.0 => String::new(),
        Outcome::Passed => words.points(result.points - result.deducted, result.points),
        Outcome::Failed(_) | Outcome::Skipped { .. } => words.points(0.0, result.points),
        Outcome::NotApplicable { .. } | Outcome::Error(_) => words.no_mark().to_owned(),
    };
    let rank = words.kind(result.kind);
    let points = match points.as_str() {
        "" => format!("   {rank}"),
        points => format!("   {points} · {rank}"),
    };
    let right = width(status) + width(&points);
    let reason = words.reason(&result.outcome).unwrap_or_default();
    let room = style.columns().saturating_sub(right + 2);
    let name = clipped(name.as_bytes(), room);
    let rest = room.saturating_sub(width(&name) + 3);
    let reason = match reason.as_str() {
        "" => String::new(),
        _ if rest < 12 => String::new(),
        reason => format!("   {}", clipped(reason.as_bytes(), rest)),
    };
    let fill = room + 2 - width(&name) - width(&reason);
    page.line(&[
        (Tone::Strong, &name),
        (Tone::Faint, &reason),
        (Tone::Plain, &blanks(fill)),
        (tone, status),
        (Tone::Faint, &points),
    ]);
}

/// `lab · scenario`.
pub(super) fn name(result: &ScenarioResult) -> String {
    if result.lab.is_empty() {
        result.scenario.clone()
    } else {
        format!("{} · {}", result.lab, result.scenario)
    }
}

/// What is behind a failure or an error; `drawn`: with the end of the transcript.
pub(super) fn explanation(
    page: &mut Page,
    result: &ScenarioResult,
    words: &dyn Words,
    style: &Style,
    drawn: bool,
) {
    match &result.outcome {
        Outcome::Failed(failure) => {
            let about = About {
                failure,
                transcript: &result.transcript,
            };
            why(page, &about, words);
            if drawn {
                page.blank();
                drawing::draw(page, &Drawing::end(&about), words);
            }
            last_words(page, &about, words);
            page.blank();
            let hint = result.hint.get(style.language);
            if !hint.is_empty() && !about.names_the_mistake() {
                labelled(page, words.label(Label::Hint), Tone::Plain, hint);
            }
        }
        Outcome::Error(trouble) => labelled(page, "", Tone::Plain, &words.trouble(trouble)),
        Outcome::Passed | Outcome::Skipped { .. } | Outcome::NotApplicable { .. } => return,
    }
    if !result.again.is_empty() {
        let command = format!("viva {}", shell::command(&result.again));
        let label = padded(&format!("  {}", words.label(Label::Again)), LABEL);
        page.line(&[(Tone::Faint, &label), (Tone::Strong, &command)]);
    }
}

/// The step, what came instead, and what is known about it.
fn why(page: &mut Page, about: &About<'_>, words: &dyn Words) {
    let failure = about.failure;
    step(page, about, words);
    let place = &failure.step.place;
    excerpt(page, place);
    if let Some(spec) = &failure.step.spec {
        labelled(page, words.label(Label::Sheet), Tone::Plain, spec);
    }
    labelled(page, "", Tone::Strong, &words.arrival(about));
    let proof = words.settled(failure.miss, failure.proof, failure.after_ms);
    labelled(page, "", Tone::Faint, &proof);
    if let Actual::Build(data) = &failure.actual {
        page.blank();
        block(page, data);
        remedy(page, data, words);
    }
    let room = page.columns() - LABEL;
    if let Some(comparison) = comparison(about, words, room) {
        page.blank();
        compared(page, &comparison, words);
    }
    let notes: Vec<&Note> = about.notes().take(LINES).collect();
    if !notes.is_empty() {
        page.blank();
    }
    for note in notes {
        labelled(page, "", Tone::Plain, &words.note(note, about));
    }
}

/// The step's number and sentence, and where it stands.
fn step(page: &mut Page, about: &About<'_>, words: &dyn Words) {
    let step = &about.failure.step;
    let place = &step.place;
    let at = match place.line {
        0 => String::new(),
        line => format!(
            "{}:{line}:{}",
            clipped(place.file.as_bytes(), 60),
            place.column
        ),
    };
    let sentence = words.expectation(about);
    let room = page.columns() - LABEL;
    let mut label = padded(&format!("  {}", words.step(step)), LABEL);
    if let Some(name) = &step.label {
        label = padded(
            &format!("{} ({})", label.trim_end(), clipped(name.as_bytes(), 24)),
            LABEL,
        );
        if width(&label) > LABEL {
            page.line(&[(Tone::Faint, &label)]);
            label = blanks(LABEL);
        }
    }
    let lines = wrap(&sentence, room, LINES);
    for (index, line) in lines.iter().enumerate() {
        let margin = if index == 0 {
            label.clone()
        } else {
            blanks(LABEL)
        };
        let fill = room.saturating_sub(width(line) + width(&at));
        if index + 1 == lines.len() && fill >= 3 {
            page.line(&[
                (Tone::Faint, &margin),
                (Tone::Strong, line),
                (Tone::Faint, &format!("{}{at}", blanks(fill))),
            ]);
        } else {
            page.line(&[(Tone::Faint, &margin), (Tone::Strong, line)]);
            if index + 1 == lines.len() && !at.is_empty() {
                page.line(&[(Tone::Faint, &format!("{}{at}", blanks(LABEL)))]);
            }
        }
    }
}

/// The line of the scenario with a mark under the place.
fn excerpt(page: &mut Page, place: &Place) {
    let line = place.excerpt.as_str();
    if line.trim().is_empty() {
        return;
    }
    let indent = line.chars().take_while(|c| *c == ' ').count();
    let at = |characters: usize| {
        line.char_indices()
            .nth(characters)
            .map_or(line.len(), |(offset, _)| offset)
            .max(indent)
            - indent
    };
    let from = place.column.saturating_sub(1);
    let focus = at(from)..at(from.saturating_add(place.width.max(1)));
    let window = window(&line.as_bytes()[indent..], focus, page.columns() - LABEL);
    let margin = blanks(LABEL);
    page.line(&[(Tone::Plain, &margin), (Tone::Faint, &window.text())]);
    let marks = "^".repeat(width(&window.focus).max(1));
    let margin = blanks(LABEL + width(&window.before));
    page.line(&[(Tone::Plain, &margin), (Tone::Warn, &marks)]);
}

/// `expected` and `actual`, the mark, and what kind of difference it is.
fn compared(page: &mut Page, comparison: &Comparison, words: &dyn Words) {
    let label = |label: Label| padded(&format!("  {}", words.label(label)), LABEL);
    if let Some(expected) = &comparison.expected {
        page.line(&[
            (Tone::Faint, &label(Label::Expected)),
            (Tone::Good, expected),
        ]);
    }
    page.line(&[
        (Tone::Faint, &label(Label::Actual)),
        (Tone::Plain, &comparison.actual),
    ]);
    let said = comparison.contrast.map(|contrast| words.contrast(contrast));
    if let Some((at, wide)) = comparison.mark {
        let margin = blanks(LABEL + at);
        let marks = "^".repeat(wide);
        let used = LABEL + at + wide + 1;
        match &said {
            Some(said) if used + width(said) <= page.columns() => page.line(&[
                (Tone::Plain, &margin),
                (Tone::Bad, &marks),
                (Tone::Bad, &format!(" {said}")),
            ]),
            _ => {
                page.line(&[(Tone::Plain, &margin), (Tone::Bad, &marks)]);
                if let Some(said) = &said {
                    page.wrapped("", LABEL, Tone::Bad, said, LINES);
                }
            }
        }
    } else if let Some(said) = &said {
        page.wrapped("", LABEL, Tone::Bad, said, LINES);
    }
    if !comparison.symbols.is_empty() {
        let told = comparison.symbols.iter();
        let told: Vec<String> = told
            .map(|symbol| words.symbol(*symbol).to_owned())
            .collect();
        page.items(LABEL, Tone::Faint, &told);
    }
}

/// What crashed programs said at last, and what a reader who knows it would try.
fn last_words(page: &mut Page, about: &About<'_>, words: &dyn Words) {
    let failure: &Failure = about.failure;
    for note in failure.notes.iter().take(LINES) {
        if let Note::LastWords { text, .. } = note {
            page.blank();
            page.wrapped("", 2, Tone::Strong, &words.note(note, about), 2);
            block(page, text);
            // What a note says already needs not be said again.
            let said = |note: &Note| matches!(note, Note::PortTaken { .. });
            if !failure.notes.iter().any(said) {
                remedy(page, text, words);
            }
        }
    }
}

/// What to try after those last words, if they are known ones.
fn remedy(page: &mut Page, data: &Data, words: &dyn Words) {
    if let Some(remedy) = words::remedy(&data.0) {
        page.blank();
        labelled(
            page,
            words.label(Label::Remedy),
            Tone::Plain,
            words.remedy(remedy),
        );
    }
}

/// The last lines of what a program or compiler said.
fn block(page: &mut Page, data: &Data) {
    const MOST: usize = 12;
    const LOOK: usize = 1 << 14;
    let bytes = &data.0[data.0.len().saturating_sub(LOOK)..];
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .collect();
    let shown = &lines[lines.len().saturating_sub(MOST)..];
    let room = page.columns() - 6;
    for (index, line) in shown.iter().enumerate() {
        // The last line says most: it may take more than one.
        let last = index + 1 == shown.len();
        let (tone, parts) = if last {
            let text = clipped(line, 3 * room);
            (Tone::Bad, wrap(&text, room, 4))
        } else {
            (Tone::Faint, vec![clipped(line, room)])
        };
        for part in parts {
            page.line(&[(Tone::Faint, "    | "), (tone, &part)]);
        }
    }
}

fn labelled(page: &mut Page, label: &str, tone: Tone, text: &str) {
    page.wrapped(&format!("  {label}"), LABEL, tone, text, LINES);
}
