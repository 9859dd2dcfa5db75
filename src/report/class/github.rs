//! GitHub Actions: annotations (workflow commands on standard output) and the Markdown of a step's summary.
//!
//! The runner reads every line of a step's output: here each line is a command of ours, and nothing in it begins another one.

use crate::report::Style;
use crate::verdict::Outcome;

use super::markdown::{escaped, fence, list, span, who};
use super::{Feedback, Readers};

/// A step shows so many errors.
const ANNOTATIONS: usize = 10;

/// A step's summary may have so many bytes (1 MiB), with room for what else the step writes.
const SUMMARY: usize = 1_000_000;

/// A message is cut after so many characters: GitHub shows about 4 KB.
const MESSAGE: usize = 3_000;

/// The annotations for one submission: first one that says it all, then one for each scenario that was not passed, ten in all.
pub fn github(feedback: &Feedback<'_>, readers: Readers, style: &Style) -> String {
    let graded = feedback.graded;
    let view = feedback.view(readers, style);
    let judged: Vec<_> = view
        .lines
        .iter()
        .filter(|line| !line.is_not_applicable())
        .collect();
    let passed = judged.iter().filter(|line| line.is_passed()).count();
    let mut said = vec![(view.words.passed_of)(passed, judged.len())];
    said.extend(view.mark(graded));
    let good = passed == judged.len() && graded.mark.none.is_none() && !judged.is_empty();
    let title = format!("{} {}", feedback.class.lab, who(&graded.key, &graded.name));
    let mut out = command(
        if good { "notice" } else { "error" },
        &title,
        &said.join("\n"),
    );
    let failed = judged.iter().filter(|line| !line.is_passed());
    for line in failed.take(ANNOTATIONS - 1) {
        let kind = match &line.judged.outcome {
            Outcome::Skipped { .. } => "warning",
            _ => "error",
        };
        let name = format!("{} {}", feedback.class.lab, line.column.name);
        let text: String = line.text.chars().take(MESSAGE).collect();
        out.push_str(&command(kind, &name, &text));
    }
    out
}

/// The summary for one submission, as Markdown.
pub fn github_summary(feedback: &Feedback<'_>, readers: Readers, style: &Style) -> String {
    let graded = feedback.graded;
    let view = feedback.view(readers, style);
    let mut out = format!(
        "## {}: {}\n\n",
        span(&feedback.class.lab),
        span(&who(&graded.key, &graded.name))
    );
    for said in view.mark(graded) {
        out.push_str(&format!("- {}\n", escaped(&said)));
    }
    out.push('\n');
    out.push_str(&list(&view, style));
    for line in &view.lines {
        if line.text.is_empty() {
            continue;
        }
        let part = format!("\n### {}\n\n{}", span(&line.column.name), fence(&line.text));
        if out.len() + part.len() > SUMMARY {
            out.push_str(&format!("\n{}\n", escaped(view.words.cut)));
            break;
        }
        out.push_str(&part);
    }
    out
}

/// A workflow command. `%` first, as the runner undoes it last.
fn command(kind: &str, title: &str, message: &str) -> String {
    let data = |text: &str| {
        // The runner's old form of a command is read anywhere in a line.
        let text = text.replace("##[", "##\u{200b}[");
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let title = data(title).replace(':', "%3A").replace(',', "%2C");
    format!("::{kind} title={title}::{}\n", data(message))
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn a_message_begins_no_command() {
        let made = command("error", "a,b:c%", "x\n::error::forged\r##[error]y %0A");
        assert_eq!(
            made,
            "::error title=a%2Cb%3Ac%25::x%0A::error::forged%0D##\u{200b}[error]y %250A\n"
        );
    }
}
