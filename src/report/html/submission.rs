//! The page of a submission: who it is of, what its mark is and how it came about, and every scenario that its readers may see.

use crate::diagnostic::Language;
use crate::grading::{Graded, Handin, Late, Role, Submitted, Visibility};
use crate::report::Style;
use crate::report::class::{Feedback, Line, Readers, View, decimal};
use crate::report::roll;
use crate::report::words;
use crate::report::words::Counts;
use crate::report::words::html::Caption;
use crate::report::words::isolation::isolation;
use crate::verdict::Outcome;

use super::document::{Document, document};
use super::markup::{LANGUAGES, both, captioned, code, escaped, facts};
use super::section::Told;

/// The page of a submission as `readers` may see it, opening in `language`.
pub fn submission_page(feedback: &Feedback<'_>, readers: Readers, language: Language) -> String {
    // Each language says as much; all but the sentences is the same in all of them.
    let views = LANGUAGES.map(|(language, _)| feedback.view(readers, &style(language)));
    let view = &views[0];
    let told: Vec<Told<'_>> = view
        .lines
        .iter()
        .map(|line| told(feedback, line, view, readers))
        .collect();
    let (mut list, mut sections) = (String::new(), String::new());
    for scenario in &told {
        list += &scenario.entry(false);
        sections += &scenario.section(false);
    }
    let heading = captioned(Caption::Scenarios);
    let class = feedback.class;
    let graded = feedback.graded;
    document(&Document {
        title: &format!("{} · {}", graded.name, class.lab),
        language,
        aside: format!("<h2>{heading}</h2><ol class=\"list\">{list}</ol>"),
        main: format!(
            "<header class=\"top\"><p class=\"over\">{}</p><h1>{}</h1>{}{}{}</header>\n{sections}",
            both(|language| format!("{} · {}", class.lab, class.title.get(language))),
            escaped(&graded.name),
            mark(graded, &views),
            examined(feedback, readers),
            odd(graded, readers),
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
fn mark(graded: &Graded, views: &[View<'_>; 2]) -> String {
    let view = &views[0];
    let (points, of) = match view.withheld {
        Some(_) => (view.part.earned, view.part.of),
        None => (graded.mark.points, graded.mark.of),
    };
    let total = format!(
        "<div class=\"total\">{} <small>/ {}</small></div>",
        points.map_or_else(|| "–".to_owned(), decimal),
        decimal(of)
    );
    let said = views.each_ref().map(|view| view.mark(graded));
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
fn examined(feedback: &Feedback<'_>, readers: Readers) -> String {
    let (class, graded) = (feedback.class, feedback.graded);
    let members = graded.members.iter().map(|member| match &member.name {
        name if *name == member.key => name.clone(),
        name => format!("{name} ({})", member.key),
    });
    let members: Vec<String> = members.collect();
    let mut all = Vec::new();
    if !members.is_empty() {
        all.push((Caption::Members, escaped(&members.join(", "))));
    }
    if let Submitted::Files(handin) = &graded.handed_in {
        all.extend(handed_in(handin, readers));
    }
    all.push((Caption::Seed, code(&class.seed)));
    all.push((Caption::Isolation, isolation(class.isolation).to_owned()));
    facts(&all)
}

fn handed_in(handin: &Handin, readers: Readers) -> Vec<(Caption, String)> {
    let role = |role: &Role| {
        let file = match &role.file {
            Some(file) => code(file),
            None => captioned(Caption::NoFile),
        };
        format!("<div>{}: {file}</div>", escaped(&role.role))
    };
    let mut all = Vec::new();
    if !handin.roles.is_empty() {
        all.push((Caption::Roles, handin.roles.iter().map(role).collect()));
    }
    // Where it lies on the teacher's machine is no business of students.
    if readers == Readers::Teachers {
        all.push((Caption::Submission, code(&handin.source)));
    }
    if handin.attempts.len() > 1 {
        all.push((Caption::Attempts, handin.attempts.len().to_string()));
    }
    if handin.late != Late::No {
        all.push((Caption::Late, both(|language| late(language, handin.late))));
    }
    all
}

/// What is out of the ordinary about what was handed in: for students what they can do about it.
fn odd(graded: &Graded, readers: Readers) -> String {
    let items: String = graded
        .oddities
        .iter()
        .filter(|oddity| {
            readers == Readers::Teachers
                || roll::odd_for_students(oddity, Language::English).is_some()
        })
        .map(|oddity| {
            let said = both(|language| match readers {
                Readers::Teachers => roll::odd(oddity, language),
                Readers::Students | Readers::StudentsAfterDue => {
                    roll::odd_for_students(oddity, language).unwrap_or_default()
                }
            });
            format!("<li>{said}</li>")
        })
        .collect();
    if items.is_empty() {
        return String::new();
    }
    format!(
        "<section class=\"notice\"><h2>{}</h2><ul>{items}</ul></section>",
        captioned(Caption::Oddities)
    )
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
