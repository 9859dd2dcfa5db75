//! The end of a run: totals, what was not run, how to run it again, what the exit code says.

use crate::r#box::Isolation;
use crate::verdict::{Kind, Outcome, RunReport, ScenarioResult};

use super::Style;
use super::page::{Page, Tone, padded, width};
use super::scenario::name;
use super::visible::clipped;
use super::words::{self, Counts, Label, Words};

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// All that was judged passed.
    Passed,
    /// Something failed, or could not be run since something failed.
    Failed,
    /// Nothing was judged.
    NothingJudged,
    /// Some of what was asked for could not be run, by the user's mistake; wins over a failure.
    NotAllRun,
    /// Viva or the machine was in trouble; wins over these.
    Trouble,
    /// There was nothing to run.
    NothingSelected,
    /// It was interrupted.
    Interrupted,
}

impl Conclusion {
    /// What `report` comes to.
    pub fn of(report: &RunReport) -> Conclusion {
        let counts = counts(report.results.iter());
        if report.interrupted {
            Conclusion::Interrupted
        } else if counts.errors > 0 {
            Conclusion::Trouble
        } else if report.results.is_empty() {
            Conclusion::NothingSelected
        } else if counts.failed + counts.skipped > 0 {
            Conclusion::Failed
        } else if counts.passed == 0 {
            Conclusion::NothingJudged
        } else {
            Conclusion::Passed
        }
    }

    /// The exit code of `viva run`.
    pub fn code(self) -> u8 {
        match self {
            Conclusion::Passed => 0,
            Conclusion::Failed | Conclusion::NothingJudged => 1,
            Conclusion::NotAllRun => 2,
            Conclusion::Trouble => 3,
            Conclusion::NothingSelected => 4,
            Conclusion::Interrupted => 130,
        }
    }
}

/// The totals, core and robustness apart, and everything that belongs to the run as a whole.
pub fn summary(report: &RunReport, style: &Style) -> String {
    concluded(report, Conclusion::of(report), style)
}

/// The same for a run that comes to more than its results say.
pub fn concluded(report: &RunReport, conclusion: Conclusion, style: &Style) -> String {
    let words = words::of(style.language);
    let mut page = Page::new(style);
    // The report of a failure ends in an empty line of its own.
    let told = |outcome: &Outcome| matches!(outcome, Outcome::Failed(_) | Outcome::Error(_));
    if report
        .results
        .last()
        .is_some_and(|last| !told(&last.outcome))
    {
        page.line(&[]);
    }
    let labels = labels(words);
    totals(&mut page, report, words, labels);
    few(
        &mut page,
        words.label(Label::Remark),
        labels,
        &remarks(report, words),
    );
    let mut last = "";
    for not_run in not_run(report, words) {
        let text = words.not_run(&not_run.names, &not_run.reason);
        let label = if not_run.status == last {
            String::new()
        } else {
            format!("  {}", not_run.status)
        };
        last = not_run.status;
        page.wrapped(&label, labels, Tone::Plain, &text, 3);
    }
    let seconds = report
        .results
        .iter()
        .map(|result| result.duration.as_secs_f64());
    let run = words.run(
        report.results.len(),
        // `sum` of no numbers is -0.
        seconds.fold(0.0, |sum, own| sum + own),
        &seeds(report),
        words::isolation::isolation(report.isolation),
        &clipped(report.viva.as_bytes(), 24),
    );
    page.wrapped(
        &format!("  {}", words.label(Label::Run)),
        labels,
        Tone::Faint,
        &run,
        3,
    );
    for (tone, text) in kept_apart(report, words) {
        let label = format!("  {}", words.label(Label::Isolation));
        page.wrapped(&label, labels, tone, &text, 5);
    }
    let tone = match conclusion {
        Conclusion::Passed => Tone::Good,
        Conclusion::Failed | Conclusion::NotAllRun | Conclusion::Trouble => Tone::Bad,
        Conclusion::NothingJudged | Conclusion::NothingSelected | Conclusion::Interrupted => {
            Tone::Warn
        }
    };
    let text = format!("{}  {}", conclusion.code(), words.conclusion(conclusion));
    page.wrapped(
        &format!("  {}", words.label(Label::Exit)),
        labels,
        tone,
        &text,
        3,
    );
    page.finish()
}

/// What must be known about how programs were kept apart, once for each way.
fn kept_apart(report: &RunReport, words: &dyn Words) -> Vec<(Tone, String)> {
    let mut all: Vec<(Tone, String)> = Vec::new();
    for layers in report
        .results
        .iter()
        .filter_map(|result| result.layers.as_ref())
    {
        let tone = match layers.isolation {
            Isolation::None => Tone::Bad,
            Isolation::Full | Isolation::Basic => Tone::Warn,
        };
        if let Some(text) = words.layers(layers)
            && !all.iter().any(|(_, known)| *known == text)
        {
            all.push((tone, text));
        }
    }
    all
}

/// A line that says how far a run is; for a terminal that overwrites it.
pub fn progress_line(done: usize, total: usize, current: &str, style: &Style) -> String {
    let count = format!("{done}/{total}  ");
    let room = style.columns().saturating_sub(width(&count) + 1);
    let mut page = Page::new(style);
    page.line(&[
        (Tone::Faint, &count),
        (Tone::Plain, &clipped(current.as_bytes(), room)),
    ]);
    page.finish().trim_end().to_owned()
}

/// How many columns the labels take.
fn labels(words: &dyn Words) -> usize {
    let kinds = [words.kind(Kind::Core), words.kind(Kind::Robustness)];
    let others =
        [Label::Total, Label::Remark, Label::Run, Label::Exit].map(|label| words.label(label));
    let statuses = [
        words.status(
            &Outcome::Skipped {
                need: String::new(),
            },
            false,
        ),
        words.status(
            &Outcome::NotApplicable {
                name: String::new(),
                value: String::new(),
            },
            false,
        ),
    ];
    let all = kinds.into_iter().chain(others).chain(statuses);
    all.map(width).max().unwrap_or(0) + 4
}

fn counts<'a>(results: impl Iterator<Item = &'a ScenarioResult>) -> Counts {
    let mut counts = Counts::default();
    for result in results {
        match &result.outcome {
            Outcome::Passed => counts.passed += 1,
            Outcome::Failed(_) => counts.failed += 1,
            Outcome::Skipped { .. } => counts.skipped += 1,
            Outcome::NotApplicable { .. } => counts.not_applicable += 1,
            Outcome::Error(_) => counts.errors += 1,
        }
    }
    counts
}

/// Points earned, points that were to be had, and points that nobody can give or take.
fn marks<'a>(results: impl Iterator<Item = &'a ScenarioResult>) -> (f64, f64, f64) {
    let mut marks = (0.0, 0.0, 0.0);
    for result in results {
        match &result.outcome {
            Outcome::Passed => {
                marks.0 += result.points - result.deducted;
                marks.1 += result.points;
            }
            Outcome::Failed(_) | Outcome::Skipped { .. } => marks.1 += result.points,
            Outcome::NotApplicable { .. } => {}
            Outcome::Error(_) => marks.2 += result.points,
        }
    }
    marks
}

fn totals(page: &mut Page, report: &RunReport, words: &dyn Words, labels: usize) {
    let of = |kind: Kind| move |result: &&ScenarioResult| result.kind == kind;
    let mut lines = Vec::new();
    for kind in [Kind::Core, Kind::Robustness] {
        let counted = counts(report.results.iter().filter(of(kind)));
        if counted != Counts::default() {
            let marks = marks(report.results.iter().filter(of(kind)));
            lines.push((words.kind(kind), marks, words.counts(&counted)));
        }
    }
    if lines.len() > 1 {
        let all = counts(report.results.iter());
        lines.push((
            words.label(Label::Total),
            marks(report.results.iter()),
            words.counts(&all),
        ));
    }
    let worth = report.results.iter().any(|result| result.points != 0.0);
    let points: Vec<String> = lines
        .iter()
        .map(|(_, marks, _)| {
            if worth {
                words.points(marks.0, marks.1)
            } else {
                String::new()
            }
        })
        .collect();
    let widest = points.iter().map(|text| width(text)).max().unwrap_or(0);
    let gap = if worth { 3 } else { 0 };
    for ((label, _, counted), points) in lines.iter().zip(&points) {
        page.line(&[
            (Tone::Faint, &padded(&format!("  {label}"), labels)),
            (Tone::Strong, &padded(points, widest + gap)),
            (Tone::Plain, counted),
        ]);
    }
    let (_, _, open) = marks(report.results.iter());
    if open > 0.0 {
        page.wrapped("", labels, Tone::Bad, &words.not_marked(open), 3);
    }
}

/// Scenarios that were not run for the same reason.
struct NotRun {
    status: &'static str,
    reason: String,
    names: Vec<String>,
}

fn not_run(report: &RunReport, words: &dyn Words) -> Vec<NotRun> {
    let mut all: Vec<NotRun> = Vec::new();
    for result in &report.results {
        let Some(reason) = words.reason(&result.outcome) else {
            continue;
        };
        match all.iter_mut().find(|like| like.reason == reason) {
            Some(like) => like.names.push(name(result)),
            None => all.push(NotRun {
                status: words.status(&result.outcome, false),
                reason,
                names: vec![name(result)],
            }),
        }
    }
    all
}

/// What was remarked, each once, with the first of the scenarios to which it was.
fn remarks(report: &RunReport, words: &dyn Words) -> Vec<String> {
    const NAMED: usize = 3;
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for result in &report.results {
        for remark in &result.remarks {
            let said = words.remark(remark);
            match all.iter_mut().find(|(like, _)| *like == said) {
                Some((_, names)) => names.push(name(result)),
                None => all.push((said, vec![name(result)])),
            }
        }
    }
    let lines = all.into_iter().map(|(said, names)| {
        let named = &names[..names.len().min(NAMED)];
        let more = match names.len() - named.len() {
            0 => String::new(),
            more => format!(" … +{more}"),
        };
        format!("{}{more}: {said}", named.join(", "))
    });
    lines.collect()
}

/// A few lines under one label.
fn few(page: &mut Page, label: &str, labels: usize, lines: &[String]) {
    const MOST: usize = 10;
    for (index, line) in lines.iter().take(MOST).enumerate() {
        let label = if index == 0 { label } else { "" };
        page.wrapped(&format!("  {label}"), labels, Tone::Plain, line, 3);
    }
    if lines.len() > MOST {
        page.wrapped(
            "",
            labels,
            Tone::Faint,
            &format!("… +{}", lines.len() - MOST),
            1,
        );
    }
}

/// The seeds of all results, each once.
fn seeds(report: &RunReport) -> String {
    const MOST: usize = 3;
    let mut seeds: Vec<&str> = Vec::new();
    for result in &report.results {
        if !seeds.contains(&result.seed.as_str()) && seeds.len() <= MOST {
            seeds.push(&result.seed);
        }
    }
    let shown: Vec<String> = seeds
        .iter()
        .take(MOST)
        .map(|seed| clipped(seed.as_bytes(), 20))
        .collect();
    let more = if seeds.len() > MOST { ", …" } else { "" };
    match shown.as_slice() {
        [] => "-".to_owned(),
        shown => format!("{}{more}", shown.join(", ")),
    }
}
