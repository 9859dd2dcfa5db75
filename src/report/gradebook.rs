//! A gradebook that was filled: what was written into it, and whom it doesn't fit.

use crate::diagnostic::Language;
use crate::grading::{Class, Filled, Graded, Late, Reason, Submitted, Visibility};

use super::Style;
use super::page::{Page, Tone};
use super::visible::clipped;
use super::words::gradebook;

/// Names that are listed; the rest is counted.
const LISTED: usize = 12;

/// What became of the template; `path` is the file that was written.
pub fn gradebook_filled(filled: &Filled, path: &str, style: &Style) -> String {
    let words = gradebook::filled(style.language);
    let mut page = Page::new(style);
    let path = clipped(path.as_bytes(), 200);
    let head = (words.written)(&path, filled.marked, filled.replaced);
    page.line(&[(Tone::Strong, &head)]);
    let kept: Vec<String> = filled
        .kept
        .iter()
        .map(|(key, what)| format!("{key} ({what})"))
        .collect();
    let lists = [
        (words.missing, &filled.missing, Tone::Warn),
        (words.unmarked, &filled.unmarked, Tone::Warn),
        (words.kept, &kept, Tone::Warn),
        (words.unknown, &filled.unknown, Tone::Plain),
    ];
    for (label, names, tone) in lists {
        if names.is_empty() {
            continue;
        }
        page.line(&[(tone, "  "), (tone, &label(names.len()))]);
        for name in names.iter().take(LISTED) {
            page.line(&[
                (Tone::Plain, "    "),
                (Tone::Plain, &clipped(name.as_bytes(), 60)),
            ]);
        }
        if names.len() > LISTED {
            let more = (words.more)(names.len() - LISTED);
            page.line(&[(Tone::Faint, "    "), (Tone::Faint, &more)]);
        }
    }
    page.finish()
}

/// What belongs beside a mark in a gradebook: one line, without a word of the student's. Only what students may see.
pub fn gradebook_comment(class: &Class, graded: &Graded, language: Language) -> String {
    let words = gradebook::comment(language);
    match &graded.handed_in {
        Submitted::Nothing => return words.nothing.to_owned(),
        Submitted::Unusable { .. } => return words.unusable.to_owned(),
        Submitted::Files(_) => {}
    }
    let visible = |name: &str| {
        let mut columns = class.scenarios.iter();
        columns.any(|column| column.name == name && column.visibility == Visibility::Visible)
    };
    let judged = graded.results.iter();
    let judged = judged.filter(|judged| visible(&judged.scenario) && judged.of > 0.0);
    let mut parts: Vec<String> = judged
        .map(|judged| {
            let points = judged.points.map_or("–".to_owned(), amount);
            format!("{} {points}/{}", judged.scenario, amount(judged.of))
        })
        .collect();
    for line in &graded.mark.lines {
        if let Reason::Late { late, percent } = &line.reason
            && *late != Late::No
        {
            parts.push((words.late)(&amount(*percent)));
        }
    }
    parts.join(words.between)
}

fn amount(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
