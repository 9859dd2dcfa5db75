//! The page of a submission: who it is of, what its mark is and how it came about, and every scenario that its readers may see.

use crate::diagnostic::Language;
use crate::grading::{Column, Graded, Handin, Late, Submitted, Visibility};
use crate::report::Style;
use crate::report::class::{Feedback, Line, Readers, View, decimal};
use crate::report::words;
use crate::report::words::Counts;
use crate::report::words::html::{Caption, caption};
use crate::report::words::isolation::isolation;
use crate::verdict::Outcome;

use super::document::{Document, document};
use super::markup::{LANGUAGES, both, escaped};
use super::section::Told;

/// The page of a submission as `readers` may see it, opening in `language`.
pub fn submission_page(feedback: &Feedback<'_>, readers: Readers, language: Language) -> String {
    let view = feedback.view(readers, &style(language));
    let told: Vec<Told<'_>> = view
        .lines
        .iter()
        .map(|line| told(feedback, line, &view, readers))
        .collect();
    let (mut list, mut sections) = (String::new(), String::new());
    for scenario in &told {
        list += &scenario.entry(false);
        sections += &scenario.section(false);
    }
    let heading = both(|language| caption(language, Caption::Scenarios).to_owned());
    let class = feedback.class;
    let graded = feedback.graded;
    document(&Document {
        title: &format!("{} · {}", graded.name, class.lab),
        language,
        aside: format!("<h2>{heading}</h2><ol class=\"list\">{list}</ol>"),
        main: format!(
            "<header class=\"top\"><p class=\"over\">{}</p><h1>{}</h1>{}{}</header>\n{sections}",
            both(|language| format!("{} · {}", class.lab, class.title.get(language))),
            escaped(&graded.name),
            mark(graded, &view, feedback, readers),
            facts(feedback, readers),
        ),
        viva: &class.viva,
        has_bytes: true,
        kind: "submission",
    })
}

fn style(language: Language) -> Style {
    Style {
        color: false,
        width: 100,
        language,
    }
}

fn told<'a>(
    feedback: &'a Feedback<'_>,
    line: &'a Line<'_>,
    view: &View<'_>,
    readers: Readers,
) -> Told<'a> {
    let judged = line.judged;
    let result = feedback
        .results
        .iter()
        .find(|result| result.scenario == judged.scenario);
    let mut notes = Vec::new();
    if line.column.bonus {
        notes.push(Caption::Bonus);
    }
    match line.column.visibility {
        Visibility::Hidden => notes.push(Caption::HiddenFromStudents),
        Visibility::AfterDue if readers == Readers::Teachers => notes.push(Caption::AfterDue),
        Visibility::AfterDue | Visibility::Visible => {}
    }
    // A scenario that may not be seen may not be named either.
    let unnamed = match &judged.outcome {
        Outcome::Skipped { need } => !view.lines.iter().any(|line| line.column.name == *need),
        _ => false,
    };
    Told {
        name: &judged.scenario,
        title: &line.column.title,
        kind: line.column.kind,
        outcome: &judged.outcome,
        unnamed,
        points: judged.points,
        of: judged.of,
        deducted: judged.deducted,
        runs: (judged.passed, judged.runs),
        remarks: &judged.remarks,
        again: result.map_or(&judged.again, |result| &result.again),
        layers: judged.layers.as_ref(),
        seconds: judged.duration.as_secs_f64(),
        notes,
        run: result.filter(|result| !result.transcript.events.is_empty()),
        file: judged
            .transcript
            .as_deref()
            .filter(|_| readers == Readers::Teachers),
    }
}

/// The mark, in large, and how it came about.
fn mark(graded: &Graded, view: &View<'_>, feedback: &Feedback<'_>, readers: Readers) -> String {
    let (points, of) = match view.withheld {
        Some(_) => (view.part.earned, view.part.of),
        None => (graded.mark.points, graded.mark.of),
    };
    let total = format!(
        "<div class=\"total\">{} <small>/ {}</small></div>",
        points.map_or_else(|| "–".to_owned(), decimal),
        decimal(of)
    );
    // Each language says as much.
    let views = LANGUAGES.map(|(language, _)| feedback.view(readers, &style(language)));
    let said = views.map(|view| view.mark(graded));
    let lines: String = (0..said[0].len())
        // The first is the total itself.
        .skip(usize::from(
            points.is_some() && view.withheld.is_none() && graded.mark.none.is_none(),
        ))
        .map(|at| {
            let text = |language: Language| {
                let index = LANGUAGES.iter().position(|(own, _)| *own == language);
                let texts = &said[index.unwrap_or(0)];
                texts.get(at).cloned().unwrap_or_default()
            };
            format!("<li>{}</li>", both(text))
        })
        .collect();
    let counts = counts(view);
    let counted = both(|language| words::of(language).counts(&counts));
    format!(
        "<div class=\"mark\">{total}<div><ul class=\"account\">{lines}</ul><p class=\"counts\">{counted}</p></div></div>"
    )
}

fn counts(view: &View<'_>) -> Counts {
    let mut counts = Counts::default();
    for line in &view.lines {
        *match &line.judged.outcome {
            Outcome::Passed => &mut counts.passed,
            Outcome::Failed(_) => &mut counts.failed,
            Outcome::Skipped { .. } => &mut counts.skipped,
            Outcome::NotApplicable { .. } => &mut counts.not_applicable,
            Outcome::Error(_) => &mut counts.errors,
        } += 1;
    }
    counts
}

/// Whose it is, what was handed in, and how it was examined.
fn facts(feedback: &Feedback<'_>, readers: Readers) -> String {
    let (class, graded) = (feedback.class, feedback.graded);
    let mut facts = String::new();
    let mut fact = |of: Caption, content: String| {
        let label = both(|language| caption(language, of).to_owned());
        facts += &format!("<div><dt>{label}</dt><dd>{content}</dd></div>");
    };
    let members = graded.members.iter().map(|member| match &member.name {
        name if *name == member.key => name.clone(),
        name => format!("{name} ({})", member.key),
    });
    let members: Vec<String> = members.collect();
    if !members.is_empty() {
        fact(Caption::Members, escaped(&members.join(", ")));
    }
    if let Submitted::Files(handin) = &graded.handed_in {
        handed_in(handin, readers, &mut fact);
    }
    fact(
        Caption::Seed,
        format!("<code>{}</code>", escaped(&class.seed)),
    );
    fact(Caption::Isolation, isolation(class.isolation).to_owned());
    format!("<dl class=\"facts\">{facts}</dl>")
}

fn handed_in(handin: &Handin, readers: Readers, fact: &mut impl FnMut(Caption, String)) {
    let roles: String = handin
        .roles
        .iter()
        .map(|role| {
            let file = match &role.file {
                Some(file) => format!("<code>{}</code>", escaped(file)),
                None => both(|language| caption(language, Caption::NoFile).to_owned()),
            };
            format!("<div>{}: {file}</div>", escaped(&role.role))
        })
        .collect();
    if !roles.is_empty() {
        fact(Caption::Roles, roles);
    }
    // Where it lies on the teacher's machine is no business of students.
    if readers == Readers::Teachers {
        fact(
            Caption::Submission,
            format!("<code>{}</code>", escaped(&handin.source)),
        );
    }
    if handin.attempts.len() > 1 {
        fact(Caption::Attempts, handin.attempts.len().to_string());
    }
    if handin.late != Late::No {
        fact(Caption::Late, both(|language| late(language, handin.late)));
    }
}

/// How late something was, in words.
pub(super) fn late(language: Language, late: Late) -> String {
    let seconds = match late {
        Late::No => return String::new(),
        Late::Yes => None,
        Late::By(seconds) => Some(seconds),
    };
    (words::class(language).table.late)(seconds)
}

/// Whether `readers` may see a column.
pub(super) fn is_seen(column: &Column, readers: Readers) -> bool {
    readers.may_see(column.visibility)
}
