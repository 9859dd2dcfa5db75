//! Why a scenario failed: what was expected, what came instead, what is known about it, where the scenario says so.

use crate::diagnostic::{Language, Place};
use crate::report::about::About;
use crate::report::comparison::comparison;
use crate::report::visible::{clipped, window};
use crate::report::words;
use crate::report::words::{Label, remedy};
use crate::transcript::Data;
use crate::verdict::{Actual, Note};

use super::difference::compared;
use super::markup::{both, escaped, labelled, paragraph};

/// Sentences of notes are told up to so many.
const MOST_NOTES: usize = 6;

/// What was expected, what came, and what is known about it.
pub(super) fn why(about: &About<'_>, id: &str) -> String {
    let failure = about.failure;
    let step = &failure.step;
    let mut out = format!(
        "<p class=\"expectation\"><a href=\"#{id}-step-{}\">{}</a> {}</p>",
        step.number,
        both(|language| words::of(language).step(step)),
        both(|language| words::of(language).expectation(about)),
    );
    out += &paragraph("arrival", |language| words::of(language).arrival(about));
    out += &paragraph("proof", |language| {
        words::of(language).settled(failure.miss, failure.proof, failure.after_ms)
    });
    if let Actual::Build(data) = &failure.actual {
        out += &said_at_last(data);
    }
    if let Some(table) = compared(about) {
        out += &table;
        out += &symbols(about);
    }
    let notes: String = about
        .notes()
        .take(MOST_NOTES)
        .map(|note| {
            format!(
                "<li>{}</li>",
                both(|language| words::of(language).note(note, about))
            )
        })
        .collect();
    if !notes.is_empty() {
        out += &format!("<ul class=\"notes\">{notes}</ul>");
    }
    for note in failure.notes.iter().take(MOST_NOTES) {
        if let Note::LastWords { text, .. } = note {
            out += &paragraph("last", |language| words::of(language).note(note, about));
            out += &said_at_last(text);
        }
    }
    out += &excerpt(&step.place);
    if let Some(spec) = &step.spec {
        out += &labelled(Label::Sheet, "sheet", &escaped(spec));
    }
    out
}

/// What the stand-ins of a comparison stand for.
fn symbols(about: &About<'_>) -> String {
    let symbols = |language: Language| -> String {
        let words = words::of(language);
        let told = comparison(about, words, 160).map(|comparison| comparison.symbols);
        let told = told.unwrap_or_default();
        let all: Vec<&str> = told.iter().map(|symbol| words.symbol(*symbol)).collect();
        all.join("   ")
    };
    match symbols(Language::English).as_str() {
        "" => String::new(),
        _ => paragraph("symbols", symbols),
    }
}

/// The last lines of what a program or compiler said, and what to try, if they are known ones.
fn said_at_last(data: &Data) -> String {
    const LINES: usize = 12;
    const LOOK: usize = 1 << 14;
    let bytes = &data.0[data.0.len().saturating_sub(LOOK)..];
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .collect();
    let shown: Vec<String> = lines[lines.len().saturating_sub(LINES)..]
        .iter()
        .map(|line| escaped(&clipped(line, 240)))
        .collect();
    let mut out = format!("<pre class=\"words\">{}</pre>", shown.join("\n"));
    if let Some(remedy) = remedy(&data.0) {
        out += &labelled(
            Label::Remedy,
            "hint",
            &both(|language| words::of(language).remedy(remedy).to_owned()),
        );
    }
    out
}

/// The line of the scenario, its place marked.
fn excerpt(place: &Place) -> String {
    let line = place.excerpt.as_str();
    if line.trim().is_empty() {
        return String::new();
    }
    let at = |characters: usize| {
        line.char_indices()
            .nth(characters)
            .map_or(line.len(), |(offset, _)| offset)
    };
    let from = place.column.saturating_sub(1);
    let focus = at(from)..at(from.saturating_add(place.width.max(1)));
    let window = window(line.as_bytes(), focus, 140);
    let name = clipped(place.file.as_bytes(), 80);
    format!(
        "<p class=\"excerpt\"><span class=\"place\">{}:{}:{}</span><code>{}<mark>{}</mark>{}</code></p>",
        escaped(&name),
        place.line,
        place.column,
        escaped(window.before.trim_start()),
        escaped(&window.focus),
        escaped(&window.after)
    )
}
