//! The page of one scenario, run once: what `viva show --html` writes.

use crate::diagnostic::Language;
use crate::report::scenario::name;
use crate::report::words::html::{Caption, caption, seconds};
use crate::report::words::isolation::isolation;
use crate::verdict::{Outcome, ScenarioResult};

use super::document::{Document, document};
use super::markup::{both, escaped};
use super::section::Told;

/// The page of `result`; `file` is where it was read from, and `viva` the version that makes the page.
pub fn scenario_page(
    result: &ScenarioResult,
    file: Option<&str>,
    viva: &str,
    language: Language,
) -> String {
    let passed = matches!(result.outcome, Outcome::Passed);
    let told = Told {
        name: &result.scenario,
        title: &result.title,
        kind: result.kind,
        outcome: &result.outcome,
        unnamed: false,
        points: match &result.outcome {
            Outcome::Passed => Some(result.points - result.deducted),
            Outcome::Failed(_) | Outcome::Skipped { .. } => Some(0.0),
            Outcome::NotApplicable { .. } | Outcome::Error(_) => None,
        },
        of: result.points,
        deducted: if passed { result.deducted } else { 0.0 },
        runs: (u32::from(passed), 1),
        remarks: &result.remarks,
        again: &result.again,
        layers: result.layers.as_ref(),
        seconds: result.duration.as_secs_f64(),
        notes: Vec::new(),
        run: Some(result),
        file,
    };
    let title = name(result);
    let mut facts = String::new();
    let mut fact = |caption_of: Caption, content: String| {
        let label = both(|language| caption(language, caption_of).to_owned());
        facts += &format!("<div><dt>{label}</dt><dd>{content}</dd></div>");
    };
    if let Some(submission) = &result.submission {
        fact(
            Caption::Submission,
            format!("<code>{}</code>", escaped(submission)),
        );
    }
    fact(
        Caption::Seed,
        format!("<code>{}</code>", escaped(&result.seed)),
    );
    if let Some(layers) = &result.layers {
        fact(Caption::Isolation, isolation(layers.isolation).to_owned());
    }
    let time = result.duration.as_secs_f64();
    fact(Caption::Time, both(|language| seconds(language, time)));
    let heading = both(|language| caption(language, Caption::Scenarios).to_owned());
    document(&Document {
        title: &title,
        language,
        aside: format!(
            "<h2>{heading}</h2><ol class=\"list\">{}</ol>",
            told.entry(true)
        ),
        main: format!(
            "<header class=\"top\"><p class=\"over\">{}</p><h1>{}</h1><dl class=\"facts\">{facts}</dl></header>\n{}",
            escaped(&result.lab),
            escaped(&result.scenario),
            told.section(true)
        ),
        viva,
        has_bytes: true,
        kind: "submission",
    })
}
