//! A class for a terminal: who has which mark and what was not passed, how marks are spread, and what most got wrong. For teachers: everything
//! is in it.

use crate::diagnostic::Language;
use crate::grading::{Class, Graded, Judged, Late, Submitted};
use crate::report::Style;
use crate::report::page::{Page, Tone, blanks, padded, width};
use crate::report::visible::clipped;
use crate::report::words::{self, ClassWords};
use crate::verdict::Outcome;

use super::{FrequentMiss, Readers, decimal, misses};

/// The table of `class`, and what it comes to.
pub fn class_summary(class: &Class, style: &Style) -> String {
    let words = words::class(style.language);
    let mut page = Page::new(style);
    let title = class.title.get(style.language);
    page.line(&[
        (Tone::Strong, &clipped(class.lab.as_bytes(), 60)),
        (Tone::Plain, "   "),
        (Tone::Plain, &clipped(title.as_bytes(), 100)),
    ]);
    page.blank();
    table(&mut page, class, words, style.language);
    page.blank();
    let marks = marks(class);
    let counted = (words.table.counted)(class.submissions.len(), marks.len());
    page.wrapped("", 2, Tone::Plain, &counted, 2);
    if let Some((mean, median)) = middle(&marks) {
        let of = class
            .submissions
            .iter()
            .map(|graded| graded.mark.of)
            .fold(0.0, f64::max);
        let middle =
            (words.table.middle)(&decimal(round(mean)), &decimal(round(median)), &decimal(of));
        page.wrapped("", 2, Tone::Plain, &middle, 2);
        distribution(&mut page, &marks, of, words);
    }
    frequent(&mut page, class, words, style);
    few(&mut page, words.table.unstable, &unstable(class), words);
    let open = open(class, words, style.language);
    few(&mut page, words.table.open, &open, words);
    if class.interrupted {
        page.blank();
        page.wrapped("", 2, Tone::Warn, words.table.interrupted, 3);
    }
    page.finish()
}

/// What is to be known of a run that was interrupted, where no summary says it.
pub fn interrupted_class(style: &Style) -> String {
    format!("viva: {}\n", words::class(style.language).table.interrupted)
}

/// Columns of a name at most.
const NAME: usize = 32;

fn table(page: &mut Page, class: &Class, words: &ClassWords, language: Language) {
    let names: Vec<String> = class.submissions.iter().map(name).collect();
    let marks: Vec<String> = class
        .submissions
        .iter()
        .map(|graded| mark(graded, words))
        .collect();
    let widest = |head: &str, cells: &[String]| {
        let cells = cells.iter().map(|cell| width(cell));
        cells.chain([width(head)]).max().unwrap_or(0)
    };
    let name_width = widest(words.table.who, &names);
    let mark_width = widest(words.table.mark, &marks);
    let indent = 2 + name_width + 2 + mark_width + 2;
    let row = |name: &str, mark: &str| {
        let fill = blanks(mark_width.saturating_sub(width(mark)));
        (
            padded(&format!("  {name}"), 2 + name_width + 2),
            format!("{fill}{mark}  "),
        )
    };
    let (who, head) = row(words.table.who, words.table.mark);
    page.line(&[
        (Tone::Faint, &who),
        (Tone::Faint, &head),
        (Tone::Faint, words.table.what),
    ]);
    for (index, graded) in class.submissions.iter().enumerate() {
        let (name, mark) = row(&names[index], &marks[index]);
        let tone = match graded.mark.points {
            None => Tone::Warn,
            Some(points) if points >= graded.mark.of => Tone::Good,
            Some(_) => Tone::Plain,
        };
        let room = page.columns().saturating_sub(indent).max(12);
        let what = clipped(what(graded, words, language).as_bytes(), room);
        page.line(&[(Tone::Plain, &name), (tone, &mark), (Tone::Plain, &what)]);
    }
}

/// A name, and the key where it says more.
fn name(graded: &Graded) -> String {
    let text = if graded.name.is_empty() || graded.name == graded.key {
        graded.key.clone()
    } else {
        format!("{} {}", graded.key, graded.name)
    };
    clipped(text.as_bytes(), NAME)
}

fn mark(graded: &Graded, words: &ClassWords) -> String {
    match (graded.mark.points, &graded.mark.none) {
        (Some(points), None) => decimal(points),
        _ => words.table.no_mark.to_owned(),
    }
}

/// What was not passed, and what else there is to say, shortly.
fn what(graded: &Graded, words: &ClassWords, language: Language) -> String {
    let mut said = Vec::new();
    match &graded.handed_in {
        Submitted::Nothing => said.push(words.nothing.to_owned()),
        Submitted::Unusable { why, about, .. } => said.push(super::feedback::unusable(
            why,
            about.as_deref(),
            words,
            language,
        )),
        Submitted::Files(handin) => match handin.late {
            Late::No => {}
            Late::Yes => said.push((words.table.late)(None)),
            Late::By(seconds) => said.push((words.table.late)(Some(seconds))),
        },
    }
    let missed =
        |judged: &&Judged| matches!(judged.outcome, Outcome::Failed(_) | Outcome::Error(_));
    said.extend(graded.results.iter().filter(missed).map(|judged| {
        let end = if judged.is_unstable() {
            format!(" ({}/{})", judged.passed, judged.runs)
        } else if matches!(judged.outcome, Outcome::Error(_)) {
            " (!)".to_owned()
        } else {
            String::new()
        };
        format!("{}{end}", judged.scenario)
    }));
    match said.is_empty() {
        true => words.table.all_passed.to_owned(),
        false => said.join(", "),
    }
}

fn marks(class: &Class) -> Vec<f64> {
    let known = class
        .submissions
        .iter()
        .filter(|graded| graded.mark.none.is_none());
    let mut marks: Vec<f64> = known.filter_map(|graded| graded.mark.points).collect();
    marks.sort_by(f64::total_cmp);
    marks
}

/// Mean and median of `marks`, which are sorted.
fn middle(marks: &[f64]) -> Option<(f64, f64)> {
    let mean = marks.iter().sum::<f64>() / marks.len() as f64;
    let high = *marks.get(marks.len() / 2)?;
    let low = *marks.get((marks.len() - 1) / 2)?;
    Some((mean, (low + high) / 2.0))
}

/// Two digits behind the point are enough for a mean.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// How many marks are in each tenth of what can be had; all that is above, in the last one.
fn distribution(page: &mut Page, marks: &[f64], of: f64, words: &ClassWords) {
    const TENTHS: usize = 10;
    const BAR: usize = 40;
    if of <= 0.0 {
        return;
    }
    let mut counts = [0_usize; TENTHS];
    for mark in marks {
        let tenth = (mark / of * TENTHS as f64)
            .floor()
            .clamp(0.0, (TENTHS - 1) as f64);
        counts[tenth as usize] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let edge = |tenth: usize| decimal(round(of * tenth as f64 / TENTHS as f64));
    page.blank();
    page.line(&[(Tone::Faint, "  "), (Tone::Faint, words.table.distribution)]);
    let labels: Vec<String> = (0..TENTHS)
        .map(|tenth| format!("{} – {}", edge(tenth), edge(tenth + 1)))
        .collect();
    let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0);
    for (label, count) in labels.iter().zip(counts) {
        let bar = "█".repeat((count * BAR).div_ceil(most));
        let fill = blanks(widest.saturating_sub(width(label)));
        page.line(&[
            (Tone::Plain, "    "),
            (Tone::Faint, &format!("{fill}{label}  ")),
            (Tone::Good, &bar),
            (
                Tone::Plain,
                &if count > 0 {
                    format!(" {count}")
                } else {
                    String::new()
                },
            ),
        ]);
    }
}

/// How many lines each list has at most.
const FEW: usize = 10;

fn frequent(page: &mut Page, class: &Class, words: &ClassWords, style: &Style) {
    let line = |miss: &FrequentMiss<'_>| {
        let of = (words.table.of)(miss.who.len(), miss.of);
        format!("{of}: {} – {}", miss.places(), miss.what(style.language))
    };
    let lines: Vec<String> = misses(class, Readers::Teachers).iter().map(line).collect();
    few(page, words.table.misses, &lines, words);
}

fn few(page: &mut Page, title: &str, lines: &[String], words: &ClassWords) {
    if lines.is_empty() {
        return;
    }
    page.blank();
    page.line(&[(Tone::Faint, "  "), (Tone::Faint, title)]);
    for line in lines.iter().take(FEW) {
        page.wrapped("", 4, Tone::Plain, line, 2);
    }
    if lines.len() > FEW {
        page.wrapped(
            "",
            4,
            Tone::Faint,
            &(words.table.more)(lines.len() - FEW),
            1,
        );
    }
}

fn unstable(class: &Class) -> Vec<String> {
    let mut lines = Vec::new();
    for graded in &class.submissions {
        let unstable = graded.results.iter().filter(|judged| judged.is_unstable());
        lines.extend(unstable.map(|judged| {
            let scenario = clipped(judged.scenario.as_bytes(), 40);
            format!(
                "{}: {scenario} {}/{}",
                name(graded),
                judged.passed,
                judged.runs
            )
        }));
    }
    lines
}

fn open(class: &Class, words: &ClassWords, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for graded in &class.submissions {
        if let Some(none) = &graded.mark.none {
            let trouble: Vec<&str> = match none {
                crate::grading::NoMark::Trouble(scenarios) => {
                    scenarios.iter().map(String::as_str).collect()
                }
                _ => Vec::new(),
            };
            let why = match &graded.handed_in {
                // That says more than that there is no mark.
                Submitted::Unusable { why, about, .. } => {
                    super::feedback::unusable(why, about.as_deref(), words, language)
                }
                Submitted::Files(_) | Submitted::Nothing => (words.no_mark)(none, &trouble),
            };
            lines.push(format!("{}: {why}", name(graded)));
        }
    }
    lines
}
