//! What is wrong in a lab's files, for a person: where, the line, a mark under the mistake, and what to do.

use crate::diagnostic::{Code, Diagnostic, Language, Mistake, Place, Severity};

use super::Style;
use super::page::{Page, Tone, blanks, width};
use super::visible;
use super::words::{chinese_lint, english_lint};

/// So much of a name or text is quoted in a sentence, in columns.
const LONGEST_QUOTE: usize = 60;

/// No remedy is longer.
const REMEDY_LINES: usize = 6;

/// What is said about a diagnostic.
pub(super) struct Sentences {
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) remedy: Option<String>,
    /// What the related places are.
    pub(super) related: &'static str,
}

/// What is wrong, and what to do about it.
pub(super) type Said = (String, Option<String>);

pub(super) fn said(message: impl Into<String>, remedy: impl Into<String>) -> Said {
    (message.into(), Some(remedy.into()))
}

/// All diagnostics, one after another, each with the line it is about; empty if there are none.
pub fn diagnostics(diagnostics: &[Diagnostic], style: &Style) -> String {
    let mut page = Page::new(style);
    let mut remedy = None;
    for diagnostic in diagnostics {
        page.blank();
        let said = sentences(&diagnostic.code, style.language);
        one(&mut page, diagnostic, &said, style.language);
        // What to do about a mistake is said once for a row of its kind.
        if let Some(text) = said.remedy.as_deref().filter(|_| said.remedy != remedy) {
            let label = format!("{} = ", blanks(margin(diagnostic)));
            page.wrapped(&label, label.len(), Tone::Plain, text, REMEDY_LINES);
        }
        remedy = said.remedy;
    }
    page.finish()
}

fn sentences(code: &Code, language: Language) -> Sentences {
    match language {
        Language::English => english_lint(code),
        Language::Chinese => chinese_lint(code),
    }
}

/// How wide the line numbers of a diagnostic are.
fn margin(diagnostic: &Diagnostic) -> usize {
    let places = std::iter::once(&diagnostic.place).chain(&diagnostic.related);
    let widths = places.map(|place| place.line.to_string().len());
    widths.max().unwrap_or_default()
}

fn one(page: &mut Page, diagnostic: &Diagnostic, said: &Sentences, language: Language) {
    let (severity, tone) = match (diagnostic.severity, language) {
        (Severity::Error, Language::English) => ("error", Tone::Bad),
        (Severity::Error, Language::Chinese) => ("错误", Tone::Bad),
        (Severity::Warning, Language::English) => ("warning", Tone::Warn),
        (Severity::Warning, Language::Chinese) => ("警告", Tone::Warn),
    };
    let front = format!("{severity}[{}]", diagnostic.code.name());
    page.line(&[
        (tone, &front),
        (Tone::Strong, ": "),
        (Tone::Strong, &said.message),
    ]);
    let margin = margin(diagnostic);
    show(page, &diagnostic.place, "", (tone, "^"), margin);
    for place in &diagnostic.related {
        show(page, place, said.related, (Tone::Faint, "-"), margin);
    }
}

/// A place, its line and the mark under it. `margin`: how wide line numbers are.
fn show(page: &mut Page, place: &Place, label: &str, (tone, mark): (Tone, &str), margin: usize) {
    let arrow = if label.is_empty() { "-->" } else { ":::" };
    let arrow = format!("{}{arrow} ", blanks(margin));
    if place.line == 0 {
        page.line(&[(Tone::Faint, &arrow), (Tone::Plain, &place.file)]);
        return;
    }
    let at = format!("{}:{}:{}", place.file, place.line, place.column);
    let label = match label {
        "" => String::new(),
        label => format!("  {label}"),
    };
    page.line(&[(Tone::Faint, &arrow), (Tone::Plain, &at), (tone, &label)]);
    let focus = byte_of(place, place.column - 1)..byte_of(place, place.column - 1 + place.width);
    let room = page.columns().saturating_sub(margin + 3);
    let window = visible::window(place.excerpt.as_bytes(), focus, room);
    let empty = format!("{} |", blanks(margin));
    let numbered = format!("{:>margin$} | ", place.line);
    let marks = mark.repeat(width(&window.focus).max(1));
    let before = blanks(1 + width(&window.before));
    page.line(&[(Tone::Faint, &empty)]);
    page.line(&[(Tone::Faint, &numbered), (Tone::Plain, &window.text())]);
    page.line(&[(Tone::Faint, &empty), (tone, &before), (tone, &marks)]);
}

/// Where so many characters of the line end, in bytes.
fn byte_of(place: &Place, characters: usize) -> usize {
    let mut offsets = place.excerpt.char_indices().map(|(offset, _)| offset);
    offsets.nth(characters).unwrap_or(place.excerpt.len())
}

/// A name or text from a file, as it is quoted in a sentence.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", visible::clipped(text.as_bytes(), LONGEST_QUOTE))
}

/// Several names, quoted.
pub(super) fn quoted_all(names: &[String], between: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    names.join(between)
}

/// Names that lead back to the first.
pub(super) fn circle(names: &[String]) -> String {
    let around = names.iter().chain(names.first());
    let around: Vec<String> = around.map(|name| quoted(name)).collect();
    around.join(" → ")
}

/// What a library says of a mistake that Viva has no words for.
pub(super) fn other_words(mistake: &Mistake) -> String {
    match mistake {
        Mistake::Other { words } => words.clone(),
        other => format!("{other:?}"),
    }
}

/// A number of bytes that is a whole number of MiB.
pub(super) fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
