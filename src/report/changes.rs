//! What changed between two gradings of a class.

use crate::grading::{Changed, ChangedScenario, Comparison, Worth};

use super::Style;
use super::page::{Page, Tone};
use super::visible::clipped;
use super::words;
use super::words::ChangeWords;

/// Every mark that changed, and why.
pub fn changes(comparison: &Comparison, style: &Style) -> String {
    let words = words::changes(style.language);
    let mut page = Page::new(style);
    page.line(&[(
        Tone::Strong,
        &(words.counted)(comparison.changed.len(), comparison.same),
    )]);
    let mut causes = Vec::new();
    if comparison.lab {
        causes.push(words.lab.to_owned());
    }
    if let Some((old, new)) = &comparison.seed {
        causes.push((words.seed)(old, new));
    }
    if let Some((old, new)) = &comparison.viva {
        causes.push((words.viva)(old, new));
    }
    for cause in &causes {
        page.line(&[
            (Tone::Plain, "  "),
            (Tone::Plain, &clipped(cause.as_bytes(), 200)),
        ]);
    }
    for changed in &comparison.changed {
        page.blank();
        one(&mut page, changed, words, style);
    }
    page.finish()
}

/// The same as JSON.
pub fn changes_json(comparison: &Comparison) -> String {
    // Plain values: there is nothing in them that serde_json can't write.
    let mut text = serde_json::to_string_pretty(comparison).unwrap_or_default();
    text.push('\n');
    text
}

fn one(page: &mut Page, changed: &Changed, words: &ChangeWords, style: &Style) {
    let mark = |mark: &Option<Option<f64>>| match mark {
        None => words.nobody.to_owned(),
        Some(None) => words.no_mark.to_owned(),
        Some(Some(points)) => words::points(*points),
    };
    let name = match changed.name == changed.key {
        true => String::new(),
        false => format!("  {}", clipped(changed.name.as_bytes(), 40)),
    };
    page.line(&[
        (Tone::Strong, &clipped(changed.key.as_bytes(), 60)),
        (Tone::Plain, &name),
        (Tone::Plain, "  "),
        (Tone::Plain, &mark(&changed.old)),
        (Tone::Plain, " → "),
        (Tone::Strong, &mark(&changed.new)),
    ]);
    let mut tell = |text: &str| page.line(&[(Tone::Plain, "  "), (Tone::Plain, text)]);
    if changed.handed_in {
        tell(words.handed_in);
    }
    for scenario in &changed.scenarios {
        tell(&worths(scenario, words));
    }
    let lines = |lines: &[crate::grading::MarkLine], sign: &str| -> Vec<String> {
        lines
            .iter()
            .map(|line| {
                let points = words::points(line.points);
                let said = (words::class(style.language).mark_line)(&line.reason, &points);
                format!("{sign} {said}")
            })
            .collect()
    };
    for line in lines(&changed.gone, "-")
        .into_iter()
        .chain(lines(&changed.come, "+"))
    {
        tell(&line);
    }
}

fn worths(scenario: &ChangedScenario, words: &ChangeWords) -> String {
    let worth = |worth: &Option<Worth>| match worth {
        None => words.nobody.to_owned(),
        Some(worth) => {
            let points = worth.points.map_or("?".to_owned(), words::points);
            format!(
                "{} {points}/{}",
                (words.verdict)(&worth.verdict),
                words::points(worth.of)
            )
        }
    };
    format!(
        "{}: {} → {}",
        scenario.scenario,
        worth(&scenario.old),
        worth(&scenario.new)
    )
}
