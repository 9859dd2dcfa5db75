//! The page of one scenario, run once: what `viva show --html` writes.

use crate::diagnostic::Language;
use crate::report::scenario::name;
use crate::report::words::html::{Caption, seconds};
use crate::report::words::isolation::isolation;
use crate::verdict::{Outcome, ScenarioResult};

use super::document::{Document, document};
use super::markup::{both, captioned, code, escaped, facts};
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
    let time = result.duration.as_secs_f64();
    let mut known = Vec::new();
    if let Some(submission) = &result.submission {
        known.push((Caption::Submission, code(submission)));
    }
    known.push((Caption::Seed, code(&result.seed)));
    if let Some(layers) = &result.layers {
        known.push((Caption::Isolation, isolation(layers.isolation).to_owned()));
    }
    known.push((Caption::Time, both(|language| seconds(language, time))));
    let (heading, known) = (captioned(Caption::Scenarios), facts(&known));
    document(&Document {
        title: &title,
        language,
        aside: format!(
            "<h2>{heading}</h2><ol class=\"list\">{}</ol>",
            told.entry(true)
        ),
        main: format!(
            "<header class=\"top\"><p class=\"over\">{}</p><h1>{}</h1>{known}</header>\n{}",
            escaped(&result.lab),
            escaped(&result.scenario),
            told.section(true)
        ),
        viva,
        has_bytes: true,
        kind: "submission",
    })
}
