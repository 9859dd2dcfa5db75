//! A submission with all that can be said about it, and what of it somebody may see.

use crate::diagnostic::{Language, Localized};
use crate::grading::{Class, Column, Graded, Judged, NoMark, Submitted, Visibility};
use crate::report::words::{self, ClassWords};
use crate::report::{Style, scenario, visible};
use crate::transcript::Transcript;
use crate::verdict::{Outcome, ScenarioResult};

/// For whom something is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readers {
    /// Students, before the due date.
    #[default]
    Students,
    /// Students, after it.
    StudentsAfterDue,
    /// Teachers: everything.
    Teachers,
}

impl Readers {
    /// Whether they may see how a scenario came out that is for `visibility`.
    pub fn may_see(self, visibility: Visibility) -> bool {
        match visibility {
            Visibility::Visible => true,
            Visibility::AfterDue => self >= Readers::StudentsAfterDue,
            Visibility::Hidden => self == Readers::Teachers,
        }
    }
}

/// A submission (or somebody without one) and the full results of its scenarios.
pub struct Feedback<'a> {
    /// The class it is of.
    pub class: &'a Class,
    /// It and its mark.
    pub graded: &'a Graded,
    /// One for each of `graded.results`, with its transcript where that was to be had.
    pub results: Vec<ScenarioResult>,
}

impl<'a> Feedback<'a> {
    /// `load` gives the full result with its transcript; what it can't give is told without a transcript.
    pub fn new(
        class: &'a Class,
        graded: &'a Graded,
        mut load: impl FnMut(&Judged) -> Option<ScenarioResult>,
    ) -> Self {
        let results = graded.results.iter().map(|judged| {
            let mut result = load(judged).unwrap_or_else(|| bare(class, judged));
            // What was concluded stands in the class; a file beside it must not say otherwise.
            result.outcome = judged.outcome.clone();
            result.again = anywhere(&result.again);
            result
        });
        Feedback {
            class,
            graded,
            results: results.collect(),
        }
    }

    /// What `readers` may see of it, in the language of `style`.
    pub(in crate::report) fn view(&self, readers: Readers, style: &Style) -> View<'_> {
        let style = Style {
            color: false,
            width: 100,
            ..*style
        };
        let words = words::class(style.language);
        let column = |name: &str| self.class.scenarios.iter().find(|own| own.name == name);
        let seen = |name: &str| column(name).is_some_and(|own| readers.may_see(own.visibility));
        let pairs = self.graded.results.iter().zip(&self.results);
        let lines: Vec<Line<'_>> = pairs
            .filter_map(|(judged, result)| {
                let column = column(&judged.scenario)?;
                readers.may_see(column.visibility).then(|| Line {
                    column,
                    judged,
                    text: text(judged, result, words, &style, &seen),
                })
            })
            .collect();
        View {
            withheld: withheld(self.class, self.graded, readers),
            part: part(self.class, self.graded, readers),
            trouble: self.trouble(&seen),
            lines,
            words,
            language: style.language,
        }
    }

    /// The scenarios that keep the mark empty, as far as they may be named.
    fn trouble(&self, seen: &dyn Fn(&str) -> bool) -> Vec<&str> {
        match &self.graded.mark.none {
            Some(NoMark::Trouble(scenarios)) => scenarios
                .iter()
                .map(String::as_str)
                .filter(|name| seen(name))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Part of a mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) struct Part {
    /// What was earned; `None`: something of it could not be judged.
    pub(in crate::report) earned: Option<f64>,
    /// Of how much.
    pub(in crate::report) of: f64,
}

/// What somebody may see of a submission.
pub(in crate::report) struct View<'a> {
    /// The scenarios, in the lab's order.
    pub(in crate::report) lines: Vec<Line<'a>>,
    /// What comes of these alone, before anything that is about the whole mark (late, caps, rounding).
    pub(in crate::report) part: Part,
    /// Points of scenarios that may not be seen; `None`: all may.
    pub(in crate::report) withheld: Option<f64>,
    /// Scenarios that could not be judged.
    pub(in crate::report) trouble: Vec<&'a str>,
    pub(in crate::report) words: &'static ClassWords,
    language: Language,
}

/// How one scenario came out.
pub(in crate::report) struct Line<'a> {
    pub(in crate::report) column: &'a Column,
    pub(in crate::report) judged: &'a Judged,
    /// What is to be said about it; empty if nothing. Lines, without colours, harmless in a terminal.
    pub(in crate::report) text: String,
}

impl Line<'_> {
    pub(in crate::report) fn is_passed(&self) -> bool {
        matches!(self.judged.outcome, Outcome::Passed)
    }

    /// Whether it is no matter for this program. What a submission itself says of it excuses nothing: then points are lost.
    pub(in crate::report) fn is_not_applicable(&self) -> bool {
        matches!(self.judged.outcome, Outcome::NotApplicable { .. }) && self.judged.of == 0.0
    }

    /// A fixed word for why it failed, such as `wrong-peer`.
    pub(in crate::report) fn code(&self) -> String {
        match &self.judged.outcome {
            Outcome::Failed(failure) => super::misses::code(failure.miss),
            Outcome::Passed
            | Outcome::Skipped { .. }
            | Outcome::NotApplicable { .. }
            | Outcome::Error(_) => String::new(),
        }
    }
}

impl View<'_> {
    /// What is to be said about the mark as a whole, a sentence each.
    pub(in crate::report) fn mark(&self, graded: &Graded) -> Vec<String> {
        let words = self.words;
        let mut said = Vec::new();
        match &graded.handed_in {
            Submitted::Nothing => said.push(words.nothing.to_owned()),
            Submitted::Unusable { why, about, .. } => {
                said.push(unusable(why, about.as_deref(), words, self.language));
            }
            Submitted::Files(_) => {}
        }
        match (&graded.mark.none, graded.mark.points, self.withheld) {
            (Some(none), _, _) => said.push((words.no_mark)(none, &self.trouble)),
            (None, None, _) => said.push((words.no_mark)(&NoMark::Unfinished, &[])),
            (None, Some(points), None) => {
                said.push((words.mark)(
                    &super::decimal(points),
                    &super::decimal(graded.mark.of),
                ));
                // What each kind of scenario earned can be read off the scenarios themselves, where that is all.
                if graded.mark.lines.len() > 1 {
                    let lines = graded.mark.lines.iter();
                    said.extend(
                        lines.map(|line| {
                            (words.mark_line)(&line.reason, &super::decimal(line.points))
                        }),
                    );
                }
            }
            (None, Some(_), Some(_)) => {}
        }
        if let Some(later) = self.withheld {
            let earned = self.part.earned.map(super::decimal);
            said.push((words.visible_part)(
                earned.as_deref(),
                &super::decimal(self.part.of),
                &super::decimal(later),
            ));
        }
        said
    }
}

/// Why what was handed in is of no use, as a sentence.
pub(in crate::report) fn unusable(
    why: &str,
    about: Option<&str>,
    words: &ClassWords,
    language: Language,
) -> String {
    let why = words::finding::why(why, about, language);
    (words.unusable)(&visible::clipped(why.as_bytes(), 200))
}

/// A result that is known without its transcript.
fn bare(class: &Class, judged: &Judged) -> ScenarioResult {
    let column = class
        .scenarios
        .iter()
        .find(|column| column.name == judged.scenario);
    ScenarioResult {
        lab: class.lab.clone(),
        scenario: judged.scenario.clone(),
        title: column
            .map(|column| column.title.clone())
            .unwrap_or_default(),
        submission: None,
        kind: column.map(|column| column.kind).unwrap_or_default(),
        points: judged.of,
        deducted: judged.deducted,
        outcome: judged.outcome.clone(),
        steps: Vec::new(),
        remarks: judged.remarks.clone(),
        hint: Localized::default(),
        seed: judged.seed.clone(),
        again: judged.again.clone(),
        layers: judged.layers.clone(),
        duration: judged.duration,
        transcript: Transcript::default(),
    }
}

/// The command that repeats it, for somebody on another machine: there the programs are where they are.
fn anywhere(again: &[crate::verdict::Word]) -> Vec<crate::verdict::Word> {
    let mut words = again.to_vec();
    for at in 1..words.len() {
        if words[at - 1].0 == b"--submission" {
            words[at] = ".".into();
        }
    }
    words
}

fn text(
    judged: &Judged,
    result: &ScenarioResult,
    words: &ClassWords,
    style: &Style,
    seen: &dyn Fn(&str) -> bool,
) -> String {
    let mut said: Vec<String> = Vec::new();
    match &judged.outcome {
        Outcome::Failed(_) => said.push(scenario(result, style).trim_end().to_owned()),
        Outcome::Passed => {}
        // Who may not see a scenario must not learn how it came out either.
        Outcome::Skipped { need } => said.push((words.skipped)(seen(need).then_some(need))),
        Outcome::NotApplicable { .. } => {
            said.extend(words::of(style.language).reason(&judged.outcome));
        }
        Outcome::Error(_) => said.push(words.trouble.to_owned()),
    }
    if judged.is_unstable() {
        said.push((words.unstable)(judged.passed, judged.runs));
    }
    let remarks = judged.remarks.iter();
    said.extend(remarks.map(|remark| words::of(style.language).remark(remark)));
    if judged.deducted > 0.0 {
        said.push((words.deducted)(&super::decimal(judged.deducted)));
    }
    let mut page = crate::report::page::Page::new(style);
    for part in said {
        for line in part.split('\n') {
            page.line(&[(crate::report::page::Tone::Plain, line)]);
        }
    }
    page.finish().trim_end().to_owned()
}

/// The points that `readers` are not told about.
fn withheld(class: &Class, graded: &Graded, readers: Readers) -> Option<f64> {
    let mut hidden = class
        .scenarios
        .iter()
        .filter(|column| !readers.may_see(column.visibility))
        .peekable();
    hidden.peek()?;
    let of = |column: &Column| {
        let judged = |judged: &&Judged| judged.scenario == column.name;
        let judged = graded.results.iter().find(judged);
        judged.map_or(column.points, |judged| judged.of)
    };
    Some(
        hidden
            .filter(|column| !column.bonus)
            .map(of)
            .fold(0.0, |sum, own| sum + own),
    )
}

/// What the scenarios that `readers` may see come to.
pub(in crate::report) fn part(class: &Class, graded: &Graded, readers: Readers) -> Part {
    let visible = |column: &&Column| readers.may_see(column.visibility);
    let columns = class.scenarios.iter().filter(visible);
    if graded.results.is_empty() {
        let of = columns.filter(|column| !column.bonus);
        let nothing = matches!(graded.handed_in, Submitted::Nothing);
        return Part {
            earned: nothing.then_some(0.0),
            of: of
                .map(|column| column.points)
                .fold(0.0, |sum, own| sum + own),
        };
    }
    let mut part = Part {
        earned: Some(0.0),
        of: 0.0,
    };
    for column in columns {
        let judged = |judged: &&Judged| judged.scenario == column.name;
        for judged in graded.results.iter().filter(judged) {
            part.earned = part.earned.zip(judged.points).map(|(sum, own)| sum + own);
            if !column.bonus {
                part.of += judged.of;
            }
        }
    }
    part
}
